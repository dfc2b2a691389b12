import {css} from 'lit';

/** The bar of a call, and what floats above the pictures: the devices, and who knocks. */
export const styles = css`
  /* The bar: Mute first, Leave last, End for all apart at the far end. */
  .bar {
    display: flex;
    gap: 0.375rem;
    justify-content: center;
    border-radius: 0;
  }
  .tool {
    display: flex;
    flex-direction: column;
    gap: 0.125rem;
    align-items: center;
    justify-content: center;
    inline-size: 6.25rem;
    min-inline-size: 44px;
    min-block-size: 3.25rem;
    padding: 0.25rem;
    font-size: 0.75em;
    line-height: 1.2;
  }
  .tool span {
    inline-size: 100%;
    border-radius: 0;
    overflow: hidden;
    text-align: center;
    text-overflow: ellipsis;
  }
  .tool:is(.off, .pressed, [aria-expanded='true']) {
    --_fill: var(--_ink);
    --_mixed: #cfd8d3;
    color: #13201a;
  }
  .tool[aria-disabled='true'] {
    background: #19241f;
    color: #a3aea8;
  }
  .apart,
  .bar:has(.apart) > :first-child {
    margin-inline-start: auto;
  }
  .narrow {
    display: none;
  }

  /* What floats above the pictures, so that none of them moves. */
  .float {
    --_edge: #737e78;
    position: absolute;
    z-index: 2;
    inset: 0.5rem 0.75rem auto;
    max-inline-size: 30rem;
    max-block-size: calc(100% - 1rem);
    margin-inline: auto;
    padding: 0.625rem 0.75rem;
    overflow: auto;
    background: #f7faf8;
    color: #13201a;
    box-shadow: 0 12px 32px -8px rgb(0 0 0 / 65%);
    font-size: 0.9375em;
    color-scheme: light;
  }
  .float.low {
    inset: auto 0.75rem 4.75rem;
  }
  .float :focus-visible {
    outline-color: #00734c;
  }
  .float button:not(.go, .tool) {
    --_fill: #fff;
    --_mixed: #e1e6e2;
    border-color: var(--_edge);
    color: #13201a;
  }
  [part='knocking'] h3 {
    flex: 1;
  }
  [part='knocking'] .row {
    min-block-size: 2.75rem;
  }
  [part='knocking'] ul {
    position: relative;
    block-size: 3.25rem;
    border-radius: 0;
    padding: 0;
    list-style: none;
  }
  [part='knocking'] .several {
    block-size: 6.5rem;
    overflow: auto;
  }
  /* Their places are transforms, too. */
  [part='knocking'] li {
    position: absolute;
    inset: 0 0 auto;
    flex-wrap: nowrap;
    block-size: 3.25rem;
    border-radius: 0;
    padding-inline: 0.25rem;
  }
  [part='knocker'] {
    flex: 1;
    min-inline-size: 3rem;
  }
  [part='knocking'] button {
    min-block-size: 2.75rem;
    padding-block: 0;
  }
  .dot {
    flex: none;
    display: grid;
    place-items: center;
    inline-size: 1.75rem;
    block-size: 1.75rem;
    border-radius: 50%;
    background: #35604f;
    color: #fff;
    font-size: 0.6875rem;
    font-weight: 650;
  }
  .menus {
    display: grid;
    gap: 0.5rem;
    border-radius: 0;
  }
  .field {
    display: grid;
    align-items: center;
  }
  .field > * {
    grid-area: 1 / 1;
  }
  .field > svg {
    z-index: 1;
    inline-size: 1.25rem;
    block-size: 1.25rem;
    margin-inline: 0.75rem;
    pointer-events: none;
  }
  .float select {
    inline-size: 100%;
    padding-inline-start: 2.75rem;
    border-color: var(--_edge);
    background: #fff;
    color: #13201a;
    text-overflow: ellipsis;
  }
  .extras {
    display: none;
    gap: 0.5rem;
    border-radius: 0;
    padding-block-start: 0.5rem;
  }
  [part='hear'] {
    position: absolute;
    inset-block-end: 1rem;
    inset-inline: 0;
    z-index: 1;
    display: flex;
    gap: 0.5rem;
    align-items: center;
    inline-size: fit-content;
    margin-inline: auto;
  }

  @container (inline-size < 38rem) {
    .bar .wide {
      display: none;
    }
    .tool {
      flex: 1;
      inline-size: auto;
    }
    .extras {
      display: flex;
      flex-wrap: wrap;
    }
    .narrow {
      display: flex;
    }
    [part='status'] {
      block-size: 3.5em;
      white-space: normal;
    }
  }
`;
