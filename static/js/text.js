// Texts in the language of the page: <meta name="wa-texts"> maps the English text to the translated one.
const texts = JSON.parse(document.querySelector('meta[name="wa-texts"]')?.content || "{}");

export function t(english, ...values) {
  return (texts[english] ?? english).replace(/%[sd]/g, () => values.shift());
}

export const counted = (one, many, n) => t(n === 1 ? one : many, n);
