import {css} from 'lit';

/** The looks of what `<room-picker>` has beside a plain list: rows in groups, with their state and people, and the search. */
export const styles = css`
  ::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  [part='heading'] {
    padding: calc(3 * var(--_space)) calc(3 * var(--_space) + 1px) 0;
    color: var(--_muted);
    font-size: 0.875em;
    font-weight: 600;
  }
  /* The browser skips chunks out of sight. Until a chunk was seen once, its height is estimated from 50 usual rows. */
  [part='rows'] {
    content-visibility: auto;
    contain-intrinsic-block-size: auto calc(50 * var(--_row));
    /* A chunk clips its content, so round corners would clip those of its rows. */
    border-radius: 0;
  }
  /* Chunks that are not drawn yet, or were drawn for an earlier search. */
  .blank,
  .gone {
    content-visibility: hidden;
  }
  /* Chunks that will be removed. They keep a box: without one, browsers take longer to go through them. */
  .gone {
    contain-intrinsic-block-size: 0;
  }
  /* Chunks with fewer rows than estimated, and the chunk that is seen first. */
  .laid {
    content-visibility: visible;
    contain: content;
  }
  /* The lamp before a row shows its state by its shape, too: a disc, a ring, an arch or a square. */
  li {
    position: relative;
  }
  li::before {
    content: '';
    position: absolute;
    inset-block: 0;
    inset-inline-start: calc(3 * var(--_space));
    margin-block: auto;
    box-sizing: border-box;
    inline-size: 10px;
    block-size: 10px;
    border: 2px solid var(--_muted);
    border-radius: 50%;
  }
  li[aria-selected='true']::before {
    inset-inline-start: calc(3 * var(--_space) - 3px);
  }
  [data-lamp='live']::before {
    border: 5px solid var(--_accent);
  }
  [data-lamp='soon']::before {
    border-block-end-color: transparent;
    border-end-start-radius: 0;
    border-end-end-radius: 0;
  }
  [data-lamp='full']::before {
    border-width: 5px;
    border-radius: 2px;
  }
  :is([data-lamp='over'], [data-lamp='gone'])::before {
    border-width: 1px;
    opacity: 0.5;
  }
  /* One line: the status changes, and nothing may move when it does. */
  span {
    justify-self: end;
    overflow: clip;
    /* For letters that extend beyond their box, such as italics. */
    overflow-clip-margin: 2px;
    min-inline-size: 0;
    max-inline-size: 100%;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  [part='status']:not(:empty) {
    border-radius: 1em;
    padding-inline: 0.6em;
    background: var(--_raised);
  }
  [part='faces'] {
    grid-area: 2 / 2;
    display: flex;
    align-self: center;
    /* Rows are as tall with faces as without. */
    margin-block: -1em;
    overflow: visible;
  }
  [part='face'] {
    display: grid;
    place-content: center;
    margin-inline-start: -6px;
    border: 2px solid var(--_surface);
    border-radius: 50%;
    inline-size: 22px;
    block-size: 22px;
    background: var(--_chosen);
    color: var(--_text);
    font-size: 9px;
    font-weight: 600;
  }
  li:has([part='faces']) > [part='description'] {
    grid-column: 1;
  }
  [part='face']::before {
    content: attr(data-initials);
  }
  @container (max-width: 22em) {
    [part='status'] {
      justify-self: start;
    }
    [part='faces'] {
      display: none;
    }
  }
  @media print {
    .frame {
      block-size: auto;
    }
    [part~='list'] {
      overflow: visible;
    }
    [part='rows'] {
      content-visibility: visible;
    }
  }
`;
