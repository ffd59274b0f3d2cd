import type { KeyStroke } from './screens.ts';

/** `Ctrl+Shift+L`, `Alt+N`, `?`: the last part is the key, as the keyboard says it. Ctrl is Cmd on a Mac. */
export function matchesShortcut(shortcut: string, stroke: KeyStroke): boolean {
  const parts = shortcut.split('+');
  const key = parts.pop() ?? '';
  // A sign such as ? carries its own Shift.
  const isSign = parts.length === 0;
  return (
    stroke.key.toLowerCase() === key.toLowerCase() &&
    (stroke.ctrlKey || stroke.metaKey) === parts.includes('Ctrl') &&
    stroke.altKey === parts.includes('Alt') &&
    (isSign || stroke.shiftKey === parts.includes('Shift'))
  );
}

/** True for a stroke that a text field would take as text: it stays the field's. */
export const isTyping = (stroke: KeyStroke, target: EventTarget | null): boolean =>
  !stroke.ctrlKey &&
  !stroke.metaKey &&
  !stroke.altKey &&
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
