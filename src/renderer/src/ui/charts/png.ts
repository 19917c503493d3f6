const copied = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
  'display',
  'vector-effect',
] as const;

/** A chart as a PNG at twice its size, on the colour that it stands on, with its title. */
export async function chartPng(svg: SVGSVGElement, title: string): Promise<Blob> {
  const { width, height } = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true);
  if (!(copy instanceof SVGSVGElement)) throw new Error('a clone of an svg is an svg');
  writeStyles(svg, copy);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const titlePx = 28;
  const canvas = document.createElement('canvas');
  canvas.width = width * 2;
  canvas.height = (height + titlePx) * 2;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('no 2d canvas');
  const style = getComputedStyle(document.body);
  context.scale(2, 2);
  context.fillStyle = style.backgroundColor;
  context.fillRect(0, 0, width, height + titlePx);
  context.fillStyle = style.color;
  context.font = `600 13px ${style.fontFamily}`;
  context.fillText(title, 12, 19);
  context.drawImage(image, 0, titlePx, width, height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error('the canvas gave no picture')) : resolve(blob)), 'image/png'),
  );
}

/** An image has no access to our style sheets: each element takes its computed style along as attributes. */
function writeStyles(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  for (const property of copied) to.setAttribute(property, style.getPropertyValue(property));
  to.removeAttribute('class');
  for (let index = 0; index < from.children.length; index++) {
    const [source, target] = [from.children[index], to.children[index]];
    if (source && target) writeStyles(source, target);
  }
}
