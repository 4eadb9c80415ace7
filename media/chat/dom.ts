/** Small helpers to build elements. Text is always set as text. */
type Child = Node | string | undefined;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

const icons = {
  send: 'M2 13.6 14.4 8 2 2.4v4.4L9.6 8 2 9.2z',
  stop: 'M4 4h8v8H4z',
  microphone:
    'M8 1.500a2.300 2.300 0 0 1 2.300 2.300v4a2.300 2.300 0 0 1-4.600 0v-4A2.300 2.300 0 0 1 8 1.500zM3.600 7.300h1.200a3.200 3.200 0 0 0 6.400 0h1.200a4.400 4.400 0 0 1-3.800 4.350V14H7.400v-2.350A4.400 4.400 0 0 1 3.600 7.300z',
  copy: 'M5 2h7a1 1 0 0 1 1 1v8h-1.2V3.2H5zM3.5 4.5h6a1 1 0 0 1 1 1V13a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1V5.500a1 1 0 0 1 1-1zm.2 1.200v7.100h5.600V5.700z',
  check: 'M6.300 12.200 2.600 8.500l.9-.9 2.800 2.800 6.200-6.200.9.9z',
  insert:
    'M2 2.500h12v1.200H2zm0 9.800h12v1.200H2zM7.400 5h1.200v3.100l1.200-1.200.8.850L8 10.400 5.400 7.750l.8-.85 1.200 1.200z',
  retry:
    'M8 2.700a5.300 5.300 0 0 1 4.100 1.950V2.700h1.200v4H9.300V5.500h1.950A4.100 4.100 0 1 0 12.100 8h1.200A5.300 5.300 0 1 1 8 2.700z',
  warning: 'M8 1.800 15 14H1zm0 2.400L3.100 12.800h9.800zM7.400 7h1.200v3H7.400zm0 3.700h1.200v1.200H7.400z',
  chevron: 'm8 10.600-4-4 .85-.85L8 8.900l3.150-3.150.85.85z',
  wing: 'M1.700 11.700C3.300 6 8 2.700 14.700 2.300c-.7 3.300-3.700 5.200-8 5.700-2.100.25-3.700 1.550-5 3.700zm1.650.05c1.350-1.800 2.850-2.550 4.650-2.800 2.250-.35 4-1 5.300-2.150-.5 2.600-2.700 4.100-5.650 4.250-1.650.15-3.050.3-4.300.7zm1.450 1.050c1.350-.6 2.550-.75 3.650-.85 1.200-.15 2.150-.55 2.850-1.150-.4 1.850-2.050 2.950-4 2.850-1-.05-1.800-.4-2.500-.85z',
} as const;
export type IconName = keyof typeof icons;

export function icon(name: IconName): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', icons[name]);
  path.setAttribute('fill-rule', 'evenodd');
  svg.append(path);
  return svg;
}

export function button(className: string, label: string, run: () => void, ...children: Child[]): HTMLButtonElement {
  const node = element('button', className, ...children);
  node.type = 'button';
  node.title = label;
  node.setAttribute('aria-label', label);
  node.addEventListener('click', run);
  return node;
}

export const iconButton = (name: IconName, label: string, run: () => void): HTMLButtonElement =>
  button('icon-button', label, run, icon(name));

/** Shows a tick for a moment. */
export function confirmOn(target: HTMLButtonElement, original: IconName): void {
  target.replaceChildren(icon('check'));
  setTimeout(() => target.replaceChildren(icon(original)), 1200);
}
