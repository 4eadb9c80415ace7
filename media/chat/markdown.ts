/** A model's Markdown → safe DOM. The text is untrusted: raw HTML is escaped, and what is left is sanitized. */
import DOMPurify from 'dompurify';
import hljs from 'highlight.js/lib/common';
import MarkdownIt from 'markdown-it';
import { confirmOn, element, iconButton } from './dom';
import { send } from './host';

const markdown = new MarkdownIt({ html: false, linkify: false, breaks: false, highlight });

const allowed = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'em', 'strong', 's', 'a', 'code', 'pre', 'span', 'blockquote', 'ul', 'ol', 'li'],
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  ALLOWED_ATTR: ['href', 'title', 'class', 'start'],
  ALLOWED_URI_REGEXP: /^https?:\/\//i,
};

/** Above this, highlighting would cost more than it helps while text streams in. */
const longestHighlighted = 50_000;

function highlight(code: string, language: string): string {
  if (code.length > longestHighlighted || !hljs.getLanguage(language)) return markdown.utils.escapeHtml(code);
  return hljs.highlight(code, { language, ignoreIllegals: true }).value;
}

/** A fresh fragment, with buttons on its code blocks and working links. */
export function renderMarkdown(text: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(markdown.render(text), { ...allowed, RETURN_DOM_FRAGMENT: true });
  for (const pre of fragment.querySelectorAll('pre')) pre.replaceWith(codeBlock(pre));
  for (const table of fragment.querySelectorAll('table')) {
    const scroller = element('div', 'table-scroller');
    table.replaceWith(scroller);
    scroller.append(table);
  }
  for (const link of fragment.querySelectorAll('a')) prepareLink(link);
  return fragment;
}

function codeBlock(pre: HTMLPreElement): HTMLElement {
  const code = pre.querySelector('code');
  const text = (code ?? pre).textContent ?? '';
  const language = /language-([\w+#.-]+)/.exec(code?.className ?? '')?.[1] ?? '';
  const copy = iconButton('copy', 'Copy', () => {
    send({ type: 'copy', text });
    confirmOn(copy, 'copy');
  });
  const insert = iconButton('insert', 'Insert at cursor', () => {
    send({ type: 'insert', text });
    confirmOn(insert, 'insert');
  });
  const actions = element('div', 'code-actions', insert, copy);
  const header = element('div', 'code-header', element('span', 'code-language', language || 'text'), actions);
  const body = element('pre', 'code-body', ...(code ? [code] : [text]));
  body.tabIndex = 0;
  return element('div', 'code-block', header, body);
}

/** Links are opened by the extension host, after the user has seen where they lead. */
function prepareLink(link: HTMLAnchorElement): void {
  const href = link.getAttribute('href');
  link.removeAttribute('href');
  if (!href) return;
  link.title = href;
  link.tabIndex = 0;
  link.setAttribute('role', 'link');
  const open = (): void => send({ type: 'openLink', href });
  link.addEventListener('click', open);
  link.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') open();
  });
}
