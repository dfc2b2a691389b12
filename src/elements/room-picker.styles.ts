import {css} from 'lit';

/** The looks of `<room-picker>`. */
export const styles = css`
  /* As tall as its button, which is loaded on demand. */
  :host([layout='menu']) {
    min-block-size: max(24px, 11 * var(--_space), 1.4em + 4 * var(--_space) + 2px);
    min-block-size: max(24px, 11 * var(--_space), 1lh + 4 * var(--_space) + 2px);
  }
  /* As tall as ever, so that nothing below it moves. The list is as tall as its rows, and scrolls if there are too many. */
  .frame {
    /* Height of a row with one line for its name and one for its description. */
    --_row: calc(2.625em + 4 * var(--_space) + 2px);
    display: flex;
    flex-direction: column;
    gap: calc(2 * var(--_space));
    block-size: var(--room-list-size, 372px);
    border-radius: 0;
  }
  /* Before these layouts are loaded. */
  :host([layout='card']) > .frame {
    block-size: var(--room-card-size, 168px);
  }
  :host([layout='menu']) > .frame {
    display: none;
  }
  .frame > * {
    flex: none;
  }
  [part~='list'] {
    flex: 0 1 auto;
    min-block-size: 0;
    border: 1px solid var(--_raised);
    background: var(--_surface);
    padding: var(--_space);
    overflow: auto;
    list-style: none;
    container-type: inline-size;
    contain-intrinsic-inline-size: 20em;
  }
  div[part~='list'] {
    flex: 1;
    display: grid;
    place-content: center;
    place-items: center;
    gap: calc(3 * var(--_space));
    text-align: center;
  }
  [part~='failure'] {
    color: var(--_danger);
  }
  /* All that a row's height depends on is here: what comes later for rows must move nothing. */
  li {
    /* Where the text begins, after the lamp. */
    --_start: calc(3 * var(--_space) + 20px);
    display: grid;
    grid-template-columns: 1fr fit-content(60%);
    column-gap: calc(3 * var(--_space));
    place-content: center stretch;
    place-items: baseline start;
    min-block-size: var(--_row);
    border: 1px solid transparent;
    border-radius: calc(var(--room-radius, 10px) - var(--_space));
    padding: calc(2 * var(--_space)) calc(3 * var(--_space));
    padding-inline-start: var(--_start);
    overflow-wrap: anywhere;
    /* Aligns text of the other direction like the rest; Firefox does so by itself. */
    text-align: -webkit-match-parent;
    /* Combining marks stacked on a letter stay inside their row. */
    overflow: clip;
  }
  /* One line: its room may be renamed, and nothing may move. */
  [part='name'] {
    overflow: clip;
    /* For letters that extend beyond their box, such as italics. */
    overflow-clip-margin: 2px;
    min-inline-size: 0;
    max-inline-size: 100%;
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  span + bdi,
  ::slotted(*) {
    grid-column: 1 / -1;
  }
  span + bdi {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    /* Round corners would cut off parts of letters. */
    border-radius: 0;
  }
  span,
  span + bdi {
    color: var(--_muted);
    font-size: 0.875em;
  }
  /* In a narrow list (a sidebar, a phone, 400 % zoom) the status has its own line, even while it is empty. */
  @container (max-width: 22em) {
    li {
      grid-template-columns: 100%;
    }
    span {
      order: 1;
      min-block-size: 1.4em;
      min-block-size: 1lh;
    }
    [part='name'] {
      display: -webkit-box;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 3;
      overflow: hidden;
      white-space: normal;
    }
  }
  [aria-disabled='false'] li:not([aria-disabled]):hover {
    background: var(--_raised);
    cursor: pointer;
  }
  [aria-selected='true'] {
    border-color: var(--_accent);
    /* A wider edge, because forced colours draw every border alike. The padding keeps the text in place. */
    border-inline-start-width: 4px;
    padding-inline-start: calc(var(--_start) - 3px);
    background: var(--_chosen);
  }
  ul:focus-visible [data-active] {
    outline: 2px solid var(--_accent);
    outline-offset: -2px;
  }
  /* Nobody knows yet whether a search field comes above the rooms, so the list has no place of its own. */
  ul[aria-busy='true'] {
    outline: 0;
    block-size: 0;
    border: 0;
    padding: 0;
  }
  /* The focus of the list, which has no height now, is shown around these rows. */
  ul:focus-visible + .bones {
    outline: 2px solid var(--_accent);
  }
  .bones {
    flex: 1;
    margin-block-start: calc(-2 * var(--_space));
    border: 1px solid var(--_raised);
    padding: var(--_space);
    background: linear-gradient(var(--_raised) 92%, transparent 0) 0 0 / 100% var(--_row) content-box;
    forced-color-adjust: none;
  }
  [role='status'] {
    position: absolute;
    clip-path: inset(50%);
  }
`;
