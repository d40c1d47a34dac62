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
    return wrapped('#evidence[', div.content, ']')
  end
  return wrapped('<details class="evidence"><summary>How it is decided</summary>', div.content, '</details>')
end

local function pending(div)
  return in_typst and wrapped('#evidence[', div.content, ']') or nil
end

local function original(div)
  local heading = div.attributes.heading
  if in_typst then
    return wrapped('#original(' .. typst_string(heading) .. ')[', div.content, ']')
  end
  return wrapped('<aside class="original"><p class="heading">' .. html_text(heading) .. '</p>', div.content, '</aside>')
end

local forms = { equation = equation, figure = figure, claim = claim, evidence = evidence, pending = pending, original = original }

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
}

return { blocks, inlines }
