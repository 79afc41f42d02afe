// The expression of conditions that a list takes as where=: into groups of conditions, and its values.
const expressionPart = /\s*(?:([;|()])|([^\s;|():"]+)\s*:\s*("(?:[^"\\]|\\.)*"|[^;|()"]*))/y;
const unquoted = (value) => (value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value.trim());
export const quoted = (value) => (/[;|()"]/.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : value);

// [[[name, value], …], …], or null for what has another shape.
export function groupsOf(text) {
  const tokens = [];
  for (expressionPart.lastIndex = 0; expressionPart.lastIndex < text.trimEnd().length; ) {
    const found = expressionPart.exec(text);
    if (!found) return null;
    tokens.push(found);
  }
  const groups = [[]];
  let depth = 0;
  for (const [, sign, name, value] of tokens) {
    if (name) groups.at(-1).push([name, unquoted(value)]);
    else if (sign === "(" && !depth) depth = 1;
    else if (sign === ")" && depth) depth = 0;
    else if (sign === ";" && !depth) groups.push([]);
    else if (sign !== "|" || !(depth || tokens.every(([, one]) => one !== ";"))) return null;
  }
  return groups.every((group) => group.length) || text.trim() === "" ? groups : null;
}
