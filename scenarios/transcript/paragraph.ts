/** Breaks a text into lines of at most `width` characters; words longer than that stay whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}

/** Paragraphs are apart by an empty line, and stay so. */
export function wrapParagraphs(text: string, width: number): string[] {
  const paragraphs = text.trim().split(/\n\s*\n/);
  return paragraphs.flatMap((paragraph, number) => [...(number === 0 ? [] : ['']), ...wrap(paragraph, width)]);
}
