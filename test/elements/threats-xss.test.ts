import {expect, fixture, html, oneEvent} from '@open-wc/testing';
import '../../src/index.js';
import type {JoinButton, Room, RoomPicker, Rooms} from '../../src/index.js';
import {buttonOf, inside, namesOf, openStage, showPicker, until} from '../helpers/elements/stage.js';

/** Each would call `pwned` if it were used as more than text; `%` stands for the call. */
const PAYLOADS = [
  '<script>%</script>',
  '<SCRIPT SRC=data:text/javascript,%></SCRIPT>',
  '<script>%//',
  '</script><script>%</script>',
  '<scr<script>ipt>%</scr</script>ipt>',
  '<script type=module>%</script>',
  '<svg><script>%</script></svg>',
  '<svg><script href=data:text/javascript,% /></svg>',
  '<img src=x onerror=%>',
  '<img src=x onerror="%">',
  '<img/src=x/onerror=%>',
  '<IMG SRC=x ONERROR=%>',
  '<img src=x:x onerror\n=%>',
  '<img src="x` `<script>%</script>"` `>',
  '<image src=x onerror=%>',
  '<svg onload=%>',
  '<svg/onload=%>',
  '<svg><animate onbegin=% attributeName=x dur=1s>',
  '<svg><set onbegin=% attributeName=x>',
  '<svg><a xlink:href="javascript:%"><text y=1em>x</text></a>',
  '<svg><foreignObject><iframe srcdoc="<script>parent.%</script>"></foreignObject></svg>',
  '<math><maction actiontype=statusline xlink:href="javascript:%">x',
  '<math><mtext><table><mglyph><style><img src=x onerror=%>',
  '<body onload=%>',
  '<body onpageshow=%>',
  '<input autofocus onfocus=%>',
  '<select autofocus onfocus=%>',
  '<textarea autofocus onfocus=%>',
  '<button autofocus onfocus=%>x',
  '<a href="javascript:%" autofocus onfocus=%>x</a>',
  '<a href="java\tscript:%">x</a>',
  '<a href="&#106;avascript:%">x</a>',
  '<details open ontoggle=%>x',
  '<video src=x onerror=%>',
  '<video><source onerror=%>',
  '<audio src=x onerror=%>',
  '<iframe src="javascript:parent.%">',
  '<iframe srcdoc="<script>parent.%</script>">',
  '<object data="javascript:%">',
  '<embed src="javascript:%">',
  '<form action="javascript:%"><input type=submit>',
  '<isindex type=image src=x onerror=%>',
  '<meta http-equiv=refresh content="0;url=javascript:%">',
  '<link rel=stylesheet href=x onerror=%>',
  '<style>@import "x";</style><style onload=%></style>',
  '<style onload=%>',
  '<div style="animation:x 1s" onanimationstart=%><style>@keyframes x{}</style>',
  '<marquee onstart=%>x</marquee>',
  '<template><script>%</script></template><img src=x onerror=%>',
  '<template shadowrootmode=open><img src=x onerror=%></template>',
  '<noscript><p title="</noscript><img src=x onerror=%>">',
  '<!--><img src=x onerror=%>-->',
  '<![CDATA[<img src=x onerror=%>]]>',
  '"><img src=x onerror=%>',
  "'><img src=x onerror=%>",
  '" onmouseover=% autofocus onfocus=% x="',
  '`${%}`',
  '${%}',
  '{{constructor.constructor("%")()}}',
  '&lt;img src=x onerror=%&gt;',
  '\\u003cimg src=x onerror=%\\u003e',
  '＜img src=x onerror=%＞',
  'javascript:%',
  '<?lit$123$?><img src=x onerror=%>',
].map(payload => payload.replaceAll('%', 'pwned()'));

const heard: string[] = [];
const hears = ({violatedDirective, sample}: SecurityPolicyViolationEvent) =>
  heard.push(`${violatedDirective} ${sample}`);
let pwned = 0;

/** Whether anything inside became more than text. */
const MARKUP = 'script, img, svg, math, iframe, object, embed, video, audio, form, a, style, link, meta, template, b';

function expectText(element: Element) {
  const root = element.shadowRoot!;
  expect(root.querySelector(MARKUP)).to.equal(null);
  for (const each of root.querySelectorAll('*')) {
    for (const {name} of each.attributes) expect(name).not.to.match(/^on|srcdoc|^style$/);
  }
}

describe('XSS by room name, description, user name, data', () => {
  before(async () => {
    Object.assign(window, {pwned: () => pwned++});
    const image = document.createElement('img');
    image.setAttribute('onerror', 'pwned()');
    image.src = 'data:,';
    await oneEvent(image, 'error');
    expect(pwned, 'what runs is noticed').to.equal(1);
    pwned = 0;
    // From here on nothing in this page can turn a string into markup.
    const policy = document.createElement('meta');
    policy.httpEquiv = 'content-security-policy';
    policy.content = "require-trusted-types-for 'script'";
    document.head.append(policy);
    document.addEventListener('securitypolicyviolation', hears);
  });
  after(() => document.removeEventListener('securitypolicyviolation', hears));

  afterEach(async () => {
    // Written markup may run a moment later.
    await new Promise(requestAnimationFrame);
    await new Promise(resolve => setTimeout(resolve));
    expect([pwned, heard]).to.deep.equal([0, []]);
  });

  it('is detected: Trusted Types are on if the browser has them', async () => {
    if (!('trustedTypes' in window)) return;
    const told = oneEvent(document, 'securitypolicyviolation');
    expect(() => (document.createElement('p').innerHTML = '<b>x</b>')).to.throw(TypeError);
    await told;
    expect(heard.splice(0).length).to.equal(1);
  });

  it(`shows ${PAYLOADS.length} payloads in every string of a room as text`, async () => {
    expect(PAYLOADS.length).to.be.at.least(60);
    const rooms = PAYLOADS.map((text, at): Room => {
      const settings = {description: text, mode: text as 'group', scheduled_time: text, media_zone: text};
      return {
        room_id: `r${at}`,
        name: text,
        settings: settings as Room['settings'],
        owner_ref: text,
        data: {[text]: text},
      };
    });
    const own = {list: async () => rooms, get: async () => rooms[0], users: async () => []} as unknown as Rooms;
    const picker = await fixture<RoomPicker>(html`<room-picker search .rooms=${own} show-users></room-picker>`);
    await until(() => namesOf(picker).length === rooms.length, 'all are shown');
    expect(namesOf(picker)).to.deep.equal(PAYLOADS);
    const texts = [...picker.shadowRoot!.querySelectorAll('[part=description]')].map(each => each.textContent!.trim());
    expect(texts).to.deep.equal(PAYLOADS);
    expectText(picker);
    const search = inside<HTMLInputElement>(picker, '[part=search]');
    for (const text of PAYLOADS) {
      search.value = `${text} nowhere`;
      search.dispatchEvent(new InputEvent('input', {bubbles: true}));
      await picker.updateComplete;
      expect(picker.shadowRoot!.querySelector('[role=status]')!.textContent).to.contain(search.value.trim());
      expectText(picker);
    }
  });

  it('shows its own sentence instead of the text of an answer', async () => {
    const stage = await openStage(['Lobby']);
    const fetched = window.fetch;
    for (const text of PAYLOADS.slice(0, 20)) {
      const told = {result: 19002, error: text, desc: text, key: text, code: text, message: text, opens_at: text};
      window.fetch = async () => Response.json(told, {status: 400, headers: {'retry-after': 'x'}});
      const picker = await showPicker(stage.endpoint);
      expect(picker.shadowRoot!.textContent).not.to.contain('pwned');
      expectText(picker);
      picker.remove();
    }
    window.fetch = fetched;
  });

  it('uses every string of a page as text: names, ids, roles, addresses, words', async () => {
    const stage = await openStage(['Lobby']);
    const ATTRIBUTES = [
      'user-name',
      'user-ref',
      'user-role',
      'role',
      'room-id',
      'for',
      'endpoint',
      'grant',
      'lang',
      'value',
      'name',
    ];
    const fetched = window.fetch;
    // Every request counts: a payload used as an address stays at this origin, or is no address.
    window.fetch = async () => new Response('<!doctype html>');
    for (const text of PAYLOADS) {
      const picker = await fixture<RoomPicker>(html`<room-picker></room-picker>`);
      const join = await fixture<JoinButton>(html`<join-button>${text}</join-button>`);
      for (const element of [picker, join]) {
        for (const name of ATTRIBUTES) element.setAttribute(name, text);
        await element.updateComplete;
      }
      join.removeAttribute('for');
      await join.updateComplete;
      buttonOf(join).click();
      await until(() => join.shadowRoot!.querySelector('[role=status]')!.textContent!.trim(), 'it says what is wrong');
      for (const element of [picker, join]) {
        await element.updateComplete;
        expectText(element);
      }
    }
    window.fetch = fetched;
    const join = await fixture<JoinButton>(
      html`<join-button endpoint=${stage.endpoint} room-id=${stage.roomIds[0]!} user-name="Ann"></join-button>`,
    );
    join.data = {[PAYLOADS[0]!]: PAYLOADS[8]};
    join.userName = PAYLOADS[8]!;
    const token = oneEvent(join, 'room-token') as Promise<unknown> as Promise<
      CustomEvent<{participant: {name: string}}>
    >;
    await join.updateComplete;
    buttonOf(join).click();
    expect((await token).detail.participant.name).to.equal(PAYLOADS[8]);
    expectText(join);
  });
});
