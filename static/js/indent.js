// JSON with a line for each member. Only spaces change: parsed and written anew, long numbers would become others.

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

export function indented(text) {
  let [made, depth, before] = ["", 0, ""];
  const line = () => `\n${"  ".repeat(depth)}`;
  for (const [token] of text.matchAll(tokens)) {
    if ("}]".includes(token)) {
      depth -= 1;
      made += "{[".includes(before) ? token : line() + token;
    } else {
      if (before === "," || (before && "{[".includes(before))) made += line();
      made += token === ":" ? ": " : token;
      if ("{[".includes(token)) depth += 1;
    }
    before = token;
  }
  return made;
}
