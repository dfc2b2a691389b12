/**
 * Whether the keyboard focus is in an element, in its shadow root, or in its content. Unlike `:focus-within`, it is so in
 * Safari while another window is in front, too.
 */
export const hasFocus = (host: Element) => host.contains((host.getRootNode() as Document).activeElement);
