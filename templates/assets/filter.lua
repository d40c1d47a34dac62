-- Gives the article's own blocks (equations, figures, claims, boxes) their form in HTML and in Typst, and every formula
-- and picture its alternative text in the PDF.

local in_typst = FORMAT:match 'typst' ~= nil

local function raw(text)
  return pandoc.RawBlock(in_typst and 'typst' or 'html', text)
end

-- Characters that end a Typst string or an HTML attribute.
local function typst_string(text)
  return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"') .. '"'
end

local function html_text(text)
  return (text:gsub('&', '&amp;'):gsub('<', '&lt;'):gsub('>', '&gt;'):gsub('"', '&quot;'))
end

local function wrapped(before, blocks, after)
  local result = pandoc.Blocks({ raw(before) })
  result:extend(blocks)
  result:insert(raw(after))
  return result
end

-- A formula with its alternative text; the semicolon ends Typst's expression whatever follows.
local function formula(math, alt)
  local source = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ math }) }), 'typst'):gsub('%s+$', '')
  local block = math.mathtype == 'DisplayMath' and 'true' or 'false'
  return '#math.equation(block: ' .. block .. ', alt: ' .. typst_string(alt) .. ', ' .. source .. ');'
end

local function first_math(blocks)
  local found
  blocks:walk({ Math = function(math) found = found or math end })
  return found
end

local function equation(div)
  local math = first_math(div.content)
  if in_typst then
    local body = formula(math, div.attributes.alt)
    return raw('#numbered("' .. div.attributes.number .. '")[' .. body .. ']<' .. div.identifier .. '>')
  end
  local open = '<div class="equation" id="' .. div.identifier .. '" role="math" aria-label="'
    .. html_text(div.attributes.alt) .. '">'
  return wrapped(open, { pandoc.Plain({ math }) }, '<span class="number">(' .. div.attributes.number .. ')</span></div>')
end

local function figure(div)
  local attributes = div.attributes
  if in_typst then
    local head = '#picture(' .. typst_string(attributes.path) .. ', ' .. typst_string(attributes.alt) .. ', "'
      .. attributes.number .. '")['
    return wrapped(head, div.content, ']<' .. div.identifier .. '>')
  end
  local open = '<figure id="' .. div.identifier .. '"><div class="picture" role="img" aria-label="'
    .. html_text(attributes.alt) .. '"><!--svg ' .. attributes.path .. '--></div><figcaption>'
  local caption = div.content
  if #caption > 0 and (caption[1].t == 'Para' or caption[1].t == 'Plain') then
    caption[1].content:insert(1, pandoc.Space())
    caption[1].content:insert(1, pandoc.Span('Figure ' .. attributes.number .. '.', { class = 'label' }))
  end
  return wrapped(open, caption, '</figcaption></figure>')
end

-- On a page, the one of two pictures that fits its width is shown.
local function infographic(div)
  local attributes = div.attributes
  if in_typst then
    return raw('#block(above: 1.4em, below: 1.4em, image(' .. typst_string('/' .. attributes.path) .. ', alt: '
      .. typst_string(attributes.alt) .. ', width: 100%))')
  end
  return raw('<div class="infographic" role="img" aria-label="' .. html_text(attributes.alt) .. '"><div class="wide"><!--svg '
    .. attributes.path .. '--></div><div class="narrow"><!--svg ' .. attributes.narrow .. '--></div></div>')
end

local function claim(div)
  local verdict, name = div.attributes.verdict, div.attributes.name
  if in_typst then
    return wrapped('#claim("' .. verdict .. '", "' .. name .. '")[', div.content, ']<' .. div.identifier .. '>')
  end
  local open = '<section class="claim ' .. verdict .. '" id="' .. div.identifier .. '" aria-label="Claim ' .. name .. ', '
    .. verdict .. '"><p class="claim-head"><span class="badge" title="' .. html_text(div.attributes.meaning) .. '">' .. verdict .. '</span> <a class="claim-name" href="#'
    .. div.identifier .. '">' .. name .. '</a></p>'
  return wrapped(open, div.content, '</section>')
end

local function evidence(div)
  if in_typst then
    return wrapped('#evidence("' .. div.attributes.verdict .. '", "' .. div.attributes.name .. '")[', div.content, ']')
  end
  return wrapped('<details class="evidence"><summary>How it is decided</summary>', div.content, '</details>')
end

local function condition(div)
  return in_typst and wrapped('#condition[', div.content, ']') or nil
end

-- The table of all claims, a page of its own in print.
local function claims(div)
  return in_typst and wrapped('#ledger[', div.content, ']') or nil
end

local function abstract(div)
  return in_typst and wrapped('#abstract[', div.content, ']') or nil
end

-- A section's claims with their verdicts: the print has them in the ledger and beside their evidence.
local function overview(div)
  return in_typst and {} or nil
end

-- What only the print has: the page shows it in another way.
local function print_only(div)
  return in_typst and div.content or {}
end

local function pending(div)
  return in_typst and wrapped('#small[', div.content, ']') or nil
end

local function original(div)
  local heading = div.attributes.heading
  if in_typst then
    return wrapped('#original(' .. typst_string(heading) .. ')[', div.content, ']')
  end
  return wrapped('<aside class="original"><p class="heading">' .. html_text(heading) .. '</p>', div.content, '</aside>')
end

-- The list of references, its links short: what identifies a work, or else the site that has it.
local function references(div)
  local function short(link)
    local doi, preprint = link.target:match('^https://doi%.org/(.+)'), link.target:match('^https://arxiv%.org/abs/(.+)')
    link.content = doi and 'doi:' .. doi or preprint and 'arXiv:' .. preprint or link.target:match('^https?://([^/]+)')
      or link.content
    return link
  end
  local list = div:walk({ Link = short })
  return in_typst and wrapped('#references[', { list }, ']') or list
end

-- The table of experiments: how each number was made. On which pages its numbers stand is Typst's to find.
local function making(div)
  local rows = pandoc.List()
  div:walk({ Div = function(row)
    local of = row.attributes
    if not row.classes:includes('made') then
      return nil
    elseif in_typst then
      rows:insert('made("' .. of.stage .. '", ' .. typst_string(of.title) .. ', "' .. of.script .. '", ' .. typst_string(of.link)
        .. ', "' .. of.artifact .. '", "' .. of.digest .. '"),\n')
      return nil
    end
    local places = of.numbers == '0' and 'no number in the text'
      or '<a href="#' .. of.first .. '">' .. of.numbers .. (of.numbers == '1' and ' number' or ' numbers') .. ' in the text</a>'
    rows:insert('<tr id="' .. row.identifier .. '"><td><p><code>' .. of.stage .. '</code></p><p>' .. html_text(of.title)
      .. '</p><p>' .. places .. '</p></td><td><p><a href="' .. html_text(of.link) .. '"><code>' .. of.script
      .. '</code></a></p><p><code>' .. of.artifact .. '</code></p><p>recipe <code>' .. of.digest
      .. '</code></p><details><summary>' .. of.count .. (of.count == '1' and ' setting' or ' settings')
      .. ', command</summary><p>' .. html_text(of.settings) .. '</p><p><code>' .. html_text(of.command)
      .. '</code></p><p>SHA-256 of the file: <code>' .. of.sha256 .. '</code></p></details></td></tr>\n')
  end })
  if in_typst then
    return raw('#making(\n' .. table.concat(rows) .. ')')
  end
  return raw('<table class="making"><thead><tr><th>Experiment</th><th>Made by</th></tr></thead><tbody>\n'
    .. table.concat(rows) .. '</tbody></table>')
end

-- A number, linked with the row of its experiment; a semicolon ends Typst's expression whatever follows.
local function number(span)
  local value, row = span.attributes.value, span.attributes.row
  if not row then
    return nil
  elseif in_typst then
    local stage = value:match('^[^.]+%.[^.]+')
    span.content:insert(1, pandoc.RawInline('typst', '#number("' .. stage .. '")['))
    span.content:insert(pandoc.RawInline('typst', '];'))
    return span.content
  end
  local name = value:match('^[^.]+%.[^.]+%.(.+)')
  return pandoc.Link(span.content, '#' .. row, '', pandoc.Attr(span.identifier, { 'num' }, { ['data-value'] = name }))
end

-- A table that is too broad for a column or a phone: in print, its columns are as wide as its block says, in per cent of the
-- page; on a page, each cell also names its column, for where every row becomes a block.
local function broad(div)
  local widths = pandoc.List()
  for share in div.attributes.widths:gmatch('%d+') do widths:insert(share / 100) end
  local list = div:walk({ Table = function(found)
    local names = found.head.rows[1].cells:map(function(cell) return pandoc.utils.stringify(cell.contents) end)
    for index, spec in ipairs(found.colspecs) do
      found.colspecs[index] = { spec[1], in_typst and widths[index] or nil }
    end
    for _, row in ipairs(found.bodies[1].body) do
      for index, cell in ipairs(row.cells) do cell.attributes.column = names[index] end
    end
    return found
  end })
  list.attributes.widths = nil
  return in_typst and wrapped('#broad[', { list }, ']') or list
end

local forms = { equation = equation, figure = figure, infographic = infographic, claim = claim, evidence = evidence, condition = condition, claims = claims, overview = overview, abstract = abstract, print = print_only, pending = pending, original = original, references = references, making = making, broad = broad }

-- Blocks first, inner before outer: an equation's formula gets its own alternative text, every other formula its TeX source.
local blocks = {
  Div = function(div)
    for class, form in pairs(forms) do
      if div.classes:includes(class) then
        return form(div)
      end
    end
  end,
}

local inlines = {
  Math = function(math)
    if in_typst then
      return pandoc.RawInline('typst', formula(math, math.text))
    end
  end,
  Span = function(span)
    if span.classes:includes('num') then
      return number(span)
    elseif in_typst and span.classes:includes('verdict') then
      return pandoc.RawInline('typst', '#verdict("' .. pandoc.utils.stringify(span) .. '");')
    end
  end,
}

return { blocks, inlines }
