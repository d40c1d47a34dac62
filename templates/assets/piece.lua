-- Lets one piece of the article be rendered without the others (scripts/article/pandoc.py): its headings get ids that begin
-- with its own, and its citations stay open, as U+E000, the citation in Markdown, U+E001 (nothing between for the references).

local before, after = utf8.char(0xE000), utf8.char(0xE001)
local prefix, used = '', {}

local function heading(header)
  if header.identifier == '' then
    local own = pandoc.structure.unique_identifier(header.content, used)
    used[own] = true
    header.identifier = header.level == 1 and own or prefix .. own
  end
  prefix = header.level == 1 and header.identifier .. '-' or prefix
  return header
end

local function citation(cite)
  local text = pandoc.write(pandoc.Pandoc({ pandoc.Plain({ cite }) }), 'markdown'):gsub('%s+', ' '):gsub(' $', '')
  return pandoc.RawInline(FORMAT, before .. text .. after)
end

local function references(div)
  return div.identifier == 'refs' and pandoc.RawBlock(FORMAT, before .. after) or nil
end

return { { Header = heading, Cite = citation, Div = references } }
