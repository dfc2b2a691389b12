/**
 * What is in a dependency for others: statements, methods and keys that begin so are left out, or have a stand-in.
 * `http/client.ts` says what is asked of ky and of superstruct; no bundler can tell that the rest never runs. The tests of
 * the elements run what is left, so they tell when an element needs more.
 */
export const UNUSED: Record<string, (string | [begins: string, instead: string])[]> = {
  // Hooks, progress, search parameters, a prefix, deadlines, shortcuts for bodies, thrown statuses and their retries.
  'ky/distribution/core/Ky.js': [
    ['const function_ = async', 'const function_ = () => ky.#fetch();'],
    ['const result = ky.#retry(function_)', 'const result = ky.#retry(function_);'],
    'for (const [type, mimeType] of Object.entries(responseTypes))',
    '#decorateResponse(response) {',
    '#abortController;',
    '#originalRequest;',
    '#userProvidedAbortSignal;',
    '#cachedNormalizedOptions;',
    ['headers: mergeHeaders(', 'headers: new Headers(options.headers),'],
    'hooks: mergeHooks({',
    ['method: normalizeRequestMethod(', 'method: options.method.toUpperCase(),'],
    "prefixUrl: String(options.prefixUrl || '')",
    'retry: normalizeRetryOptions(',
    'throwHttpErrors: options',
    'timeout: options',
    'context: options',
    "if (typeof this.#input !== 'string' && !(",
    'if (this.#options.prefixUrl &&',
    'if (supportsAbortController && supportsAbortSignal)',
    'if (supportsRequestStreams)',
    ['this.#options.body = this.#options.stringifyJson', 'this.#options.body = JSON.stringify(this.#options.json);'],
    [
      "this.#options.headers.set('content-type', this",
      "this.#options.headers.set('content-type', 'application/json');",
    ],
    'const userProvidedContentType =',
    'if (this.#input instanceof globalThis.Request',
    'if (hasSearchParameters(',
    'if (this.#options.onUploadProgress)',
    ['#calculateDelay() {', '#calculateDelay() { return 300; }'],
    'const errorObject =',
    'if (errorObject instanceof ForceRetryError)',
    'if (this.#options.retry.shouldRetry !== undefined)',
    'if (isTimeoutError(error) &&',
    'if (isHTTPError(error))',
    ['const ms = Math.min(', 'const ms = await this.#calculateRetryDelay(error);'],
    'if (this.#retryCount < 1)',
    ['await delay(ms, ', 'await delay(ms, this.#options);'],
    'if (error instanceof ForceRetryError && error.customRequest)',
    'for (const hook of this.#options.hooks.beforeRetry)',
    'if (this.#abortController?.signal.aborted)',
    'for (const hook of this.#options.hooks.beforeRequest)',
    'const nonRequestOptions =',
    ['this.#originalRequest = this.request;', 'const {request} = this;'],
    ['this.request = this.#originalRequest.clone();', 'this.request = request.clone();'],
    ['if (this.#options.timeout === false)', 'return this.#options.fetch(request);'],
    'return timeout(',
    '#cancelBody(body) {',
    '#getNormalizedOptions() {',
    '#assignRequest(request) {',
    '#wrapRequestWithUploadProgress(request, originalBody) {',
    '#cancelResponseBody(response) {',
    'static #normalizeSearchParams(',
  ],
  'ky/distribution/core/constants.js': [
    ['export const supportsRequestStreams =', 'export const supportsRequestStreams = false;'],
    ['export const usualFormBoundarySize =', 'export const usualFormBoundarySize = 0;'],
  ],
  'ky/distribution/index.js': ['for (const method of requestMethods)', 'ky.extend =', 'ky.stop =', 'ky.retry ='],
  'ky/distribution/utils/merge.js': [
    [
      'export const validateAndMerge =',
      'export const validateAndMerge = (a, b) => ({...a, ...b, headers: {...a?.headers, ...b?.headers}});',
    ],
  ],
  // Browsers without adopted style sheets, polyfills, SVG, MathML, decorators of tomorrow, objects in attributes; accessors
  // of one's own, defaults that are reflected, options of listeners, bindings in place of an attribute or a comment;
  // asynchronous directives, and those within others; hooks that no element has; a shadow root that is there already.
  '@lit/reactive-element/css-tag.js': [
    ['e=t.ShadowRoot&&', 'e=!0'],
    ['constructor(t,e,o){', 'constructor(t){this.cssText=t}'],
    [
      'get styleSheet(){',
      'get styleSheet(){let t=this.o;return t||(this.o=t=new CSSStyleSheet).replaceSync(this.cssText),t}',
    ],
    'toString(){',
    ['i=(t,...e)=>', 'i=t=>new n(t[0])'],
    ['S=(s,o)=>', 'S=(s,o)=>{s.adoptedStyleSheets=o.map(t=>t.styleSheet)}'],
  ],
  '@lit/reactive-element/reactive-element.js': [
    ['{is:i,defineProperty:e', '{is:i,defineProperty:e,getPrototypeOf:n}=Object'],
    ['p=a.reactiveElementPolyfillSupport', 'p=0'],
    ['u={toAttribute(t,s){', 'u=(t,s)=>s===Boolean?null!==t:s===Number&&null!==t?Number(t):t'],
    'Symbol.metadata??=',
    'static addInitializer(t){',
    [
      'static get observedAttributes(){',
      'static get observedAttributes(){return this.finalize(),[...this._$Eh.keys()]}',
    ],
    'static createProperty(t,s=b){',
    'static getPropertyDescriptor(t,s,i){',
    'static getPropertyOptions(t){',
    'static _$Ei(){',
    [
      'static finalize(){',
      `static finalize(){
        if(this.hasOwnProperty("finalized"))return;
        this.finalized=!0;
        const t=n(this);
        t.finalize();
        this.elementProperties=new Map(t.elementProperties);
        this._$Eh=new Map(t._$Eh);
        for(const[t,s]of Object.entries(this.properties??{})){
          const i=Symbol();
          this.elementProperties.set(t,s);
          !1!==s.attribute&&this._$Eh.set(s.attribute??t.toLowerCase(),t);
          e(this.prototype,t,{
            get(){return this[i]},
            set(e){const h=this[i];this[i]=e;this.requestUpdate(t,h,s)},
            configurable:!0,
            enumerable:!0,
          });
        }
        this.elementStyles=[this.styles??[]].flat(1/0);
      }`,
    ],
    'static finalizeStyles(s){',
    'static _$Eu(t,s){',
    [
      'constructor(){super(),this._$Ep=',
      `constructor(){
        super();
        this.isUpdatePending=this.hasUpdated=!1;
        this._$ES=new Promise(t=>this.enableUpdating=t);
        this._$AL=new Map;
        this._$EO=new Set;
        this._$Eq=new Set;
        this._$Ep=new Map;
        for(const t of this.constructor.elementProperties.keys())
          this.hasOwnProperty(t)&&(this._$Ep.set(t,this[t]),delete this[t]);
        this.requestUpdate();
      }`,
    ],
    '_$Ev(){',
    ['addController(t){', 'addController(t){this._$EO.add(t);this.renderRoot&&this.isConnected&&t.hostConnected?.()}'],
    ['removeController(t){', 'removeController(t){this._$EO.delete(t)}'],
    '_$E_(){',
    [
      'createRenderRoot(){',
      `createRenderRoot(){
        const t=this.attachShadow(this.constructor.shadowRootOptions);
        return s(t,this.constructor.elementStyles),t;
      }`,
    ],
    [
      'connectedCallback(){',
      `connectedCallback(){
        this.renderRoot??=this.createRenderRoot();
        this.enableUpdating();
        this._$EO.forEach(t=>t.hostConnected?.());
      }`,
    ],
    'enableUpdating(t){',
    ['disconnectedCallback(){', 'disconnectedCallback(){this._$EO.forEach(t=>t.hostDisconnected?.())}'],
    [
      'attributeChangedCallback(t,s,i){',
      `attributeChangedCallback(t,s,i){
        const e=this.constructor._$Eh.get(t);
        if(!e||this._$Em===e)return;
        const{converter:h=u,type:r}=this.constructor.elementProperties.get(e);
        this._$Em=e;
        this[e]=h(i,r);
        this._$Em=void 0;
      }`,
    ],
    '_$ET(t,s){',
    '_$AK(t,s){',
    [
      'requestUpdate(t,s,i,e=!1,h){',
      `requestUpdate(t,s,e){
        if(t){
          if(i(this[t],s))return;
          this._$AL.has(t)||this._$AL.set(t,this.hasUpdated?s:void 0);
          e?.reflect&&this._$Em!==t&&this._$Eq.add(t);
        }
        this.isUpdatePending||(this._$ES=this._$EP());
      }`,
    ],
    'C(t,s,{useDefault:i',
    [
      'async _$EP(){',
      `async _$EP(){
        this.isUpdatePending=!0;
        try{await this._$ES}catch(t){Promise.reject(t)}
        for(const[t,s]of this._$Ep)this[t]=s;
        this._$Ep.clear();
        const t=this._$AL;
        try{
          this.willUpdate?.(t);
          this._$EO.forEach(t=>t.hostUpdate?.());
          this.update(t);
        }catch(t){throw this._$EM(),t}
        this._$EO.forEach(t=>t.hostUpdated?.());
        this.hasUpdated=!0;
        this.updated?.(t);
        return!this.isUpdatePending;
      }`,
    ],
    'scheduleUpdate(){',
    'performUpdate(){',
    'willUpdate(t){',
    '_$AE(t){',
    ['get updateComplete(){', 'get updateComplete(){return this._$ES}'],
    'getUpdateComplete(){',
    'shouldUpdate(t){',
    [
      'update(t){',
      `update(){
        for(const t of this._$Eq){
          const{attribute:s=t.toLowerCase(),type:i}=this.constructor.elementProperties.get(t);
          this._$Em=t;
          const e=i!==Boolean?this[t]:this[t]?"":null;
          null==e?this.removeAttribute(s):this.setAttribute(s,e);
          this._$Em=void 0;
        }
        this._$Eq.clear();
        this._$EM();
      }`,
    ],
    'updated(t){',
    'firstUpdated(t){',
    ['y.elementStyles=[],', 'y.shadowRootOptions={mode:"open"};'],
  ],
  'lit-html/lit-html.js': [
    ['e=s?s.createPolicy(', 'e=s?s.createPolicy("greenroom",{createHTML:t=>t}):void 0'],
    ['d=t=>u(t)||', 'd=0'],
    ['l=2===i?"<svg>"', 'l=""'],
    ['2===i?"</svg>"', '""'],
    ['if(this.el=S.createElement(f,e)', 'this.el=S.createElement(f,e),P.currentNode=this.el.content;'],
    // Nothing of ours writes into a `<textarea>`, a `<title>` or the like.
    'if(y.test(r.tagName))',
    ['void 0!==u[2]?(y.test(', 'void 0!==u[2]?c=p:void 0!==u[3]&&(c=p)'],
    ['if(r.data===n)', 'if(r.data===n)d.push({type:2,index:l});'],
    ['t.startsWith(o)&&(d.push({type:6', ';'],
    ['b=x(1)', 'b=(t,...i)=>({_$litType$:1,strings:t,values:i})'],
    'if(!u(t)||!t.hasOwnProperty("raw"))throw',
    [
      'function M(t,i,s=t,e){',
      `function M(t,i){
        const s=a(i)?void 0:i._$litDirective$;
        t._$Cl?.constructor!==s&&(t._$Cl=s&&new s(t));
        return s?t._$Cl._$AS(t,i.values):i;
      }`,
    ],
    ['constructor(t,i){this._$AV=[]', 'constructor(t,i){this._$AV=[];this._$AD=t;this.options=i}'],
    'get parentNode(){',
    'get _$AU(){',
    [
      'u(t){',
      `u(){
        const{el:{content:i},parts:s}=this._$AD,e=l.importNode(i,!0);
        let h=(P.currentNode=e,P.nextNode()),o=0;
        for(const t of s){
          for(;o<t.index;o++)h=P.nextNode();
          this._$AV.push(t.ctor?new t.ctor(h,t.name,t.strings,this.options):new k(h,h.nextSibling,this.options));
        }
        return P.currentNode=l,e;
      }`,
    ],
    [
      'p(t){',
      `p(t){
        let i=0;
        for(const s of this._$AV)s.strings?(s._$AI(t,i),i+=s.strings.length-1):s._$AI(t[i++]);
      }`,
    ],
    ['constructor(t,i,s,e){this.type=2', 'constructor(t,i,s){this._$AH=A;this._$AA=t;this._$AB=i;this.options=s}'],
    'get startNode(){',
    'get endNode(){',
    [
      '_$AI(t,i=this){t=M(this,t,i),a(t)?',
      `_$AI(t){
        t=M(this,t);
        a(t)?
          t===A||null==t||""===t?(this._$AH!==A&&this._$AR(),this._$AH=A):t!==this._$AH&&t!==E&&this._(t):
          t.strings?this.$(t):this.k(t);
      }`,
    ],
    ['T(t){', 'T(t){this._$AR();this._$AH=this.O(t)}'],
    [
      '$(t){const{values:i,_$litType$:s}=t',
      `$(t){
        const{values:i,strings:s}=t;
        let e=C.get(s);
        e||C.set(s,e=new S(t));
        if(this._$AH?._$AD===e)this._$AH.p(i);
        else{
          const t=new R(e,this.options),s=t.u();
          t.p(i);
          this.T(s);
          this._$AH=t;
        }
      }`,
    ],
    '_$AC(t){',
    [
      'k(t){u(this._$AH)||',
      `k(t){
        u(this._$AH)||(this._$AH=[],this._$AR());
        const i=this._$AH;
        let s,e=0;
        for(const h of t){
          (s=i[e++])||i.push(s=new k(this.O(c()),this.O(c()),this.options));
          s._$AI(h);
        }
        e<i.length&&(this._$AR(s&&s._$AB.nextSibling),i.length=e);
      }`,
    ],
    [
      '_$AR(t=this._$AA.nextSibling,s){',
      '_$AR(t=this._$AA.nextSibling){for(;t!==this._$AB;){const s=t;t=t.nextSibling;s.remove()}}',
    ],
    'setConnected(t){',
    'get tagName(){',
    [
      'constructor(t,i,s,e,h){this.type=1',
      `constructor(t,i,s,h){
        this.element=t;
        this.name=i;
        this.options=h;
        this._$AH=A;
        (s.length>2||s[0]||s[1])&&(this._$AH=s.map(()=>s),this.strings=s);
      }`,
    ],
    [
      '_$AI(t,i=this,s,e){',
      `_$AI(t,i){
        const s=this.strings;
        if(s){
          const e=this._$AH;
          let h=s[0],o;
          s.slice(1).forEach((s,n)=>{
            const r=t[i+n];
            o||=r!==e[n];
            e[n]=r;
            r===A?h=A:h!==A&&(h+=(r??"")+s);
          });
          o&&this.j(h);
        }else t=M(this,t),t!==this._$AH&&t!==E&&this.j(this._$AH=t);
      }`,
    ],
    'constructor(){super(...arguments),this.type=3}',
    'constructor(){super(...arguments),this.type=4}',
    ['j(t){this.element[this.name]=', 'j(t){this.element[this.name]=t}'],
    ['j(t){this.element.toggleAttribute', 'j(t){this.element.toggleAttribute(this.name,!!t)}'],
    'constructor(t,i,s,e,h){super(t,i,s,e,h),this.type=5}',
    [
      '_$AI(t,i=this){if((t=M(this,t,i,0)',
      '_$AI(t){this._$AH===A&&this.element.addEventListener(this.name,this);this._$AH=t}',
    ],
    ['handleEvent(t){', 'handleEvent(t){this._$AH.call(this.options.host,t)}'],
    ['j={M:h,P:o', 'j={I:k}'],
    ['B=t.litHtmlPolyfillSupport', 'B=0'],
    'B?.(S,k)',
    ['D=(t,i,s)=>', 'D=(t,i,s)=>{(i._$litPart$??=new k(i.appendChild(c()),null,s))._$AI(t)}'],
  ],
  'lit-html/directive.js': ['get _$AU(){', '_$AT(t,e,i){'],
  'lit-html/directive-helpers.js': [
    [
      'v=(o,n,e)=>',
      `v=(o,n,e)=>{
        const l=o._$AA.parentNode,d=n?n._$AA:o._$AB;
        if(!e)return new t(l.insertBefore(s(),d),l.insertBefore(s(),d),o.options);
        const i=e._$AB.nextSibling;
        if(i!==d)for(let t=e._$AA;t!==i;){const i=t;t=t.nextSibling;l.insertBefore(i,d)}
        return e;
      }`,
    ],
  ],
  'lit-html/directives/repeat.js': ['constructor(e){if(super(e)'],
  'lit-html/directives/live.js': [
    'constructor(r){',
    ['update(i,[t]){', 'update(i,[t]){return t===i.element[i.name]?r:(s(i),t)}'],
  ],
  'lit-element/lit-element.js': [
    ['constructor(){super(...arguments),', 'constructor(){super();this.renderOptions={host:this}}'],
    'createRenderRoot(){',
    ['update(t){', 'update(){const t=this.render();super.update();e(t,this.renderRoot,this.renderOptions)}'],
    'connectedCallback(){',
    'disconnectedCallback(){',
    'render(){',
    ['i._$litElement$=!0,', 'i.finalized=!0;'],
    'const o=s.litElementPolyfillSupport;',
    'o?.({LitElement:i})',
    '(s.litElementVersions??=[])',
  ],
  // Methods of structs, maps and sets, refinements, failures after the first, and sentences that are never shown.
  'superstruct/dist/index.mjs': [
    [
      'function* run(value, struct, options = {}) {',
      `function run(value, struct, {path = [], coerce, mask} = {}) {
        if (coerce) value = struct.coercer(value, {mask});
        if (struct.validator(value) !== true) return [{path}];
        for (const [k, v, s] of struct.entries(value)) {
          const [failure, read] = run(v, s, {path: [...path, k], coerce, mask});
          if (failure) return [failure];
          if (coerce && (read !== undefined || k in value)) value[k] = read;
        }
        return [undefined, value];
      }`,
    ],
    [
      'constructor(props) {',
      `constructor({schema, validator = () => true, coercer = value => value, entries = () => []}) {
        this.schema = schema;
        this.validator = validator;
        this.coercer = coercer;
        this.entries = entries;
      }`,
    ],
    'assert(value, message) {',
    'create(value, message) {',
    'mask(value, message) {',
    [
      'function validate(value, struct, options = {}) {',
      'function validate(value, struct, options = {}) { return run(value, struct, options); }',
    ],
    // No element has these, and what is left is not enough for them.
    [
      'function union(Structs) {',
      "function union() { return define('', () => { throw Error('Left out: union.'); }); }",
    ],
    ['function refine(', "function refine() { return define('', () => { throw Error('Left out: refine.'); }); }"],
    ['`Expected ', "''"],
    'type: ',
    'schema: null',
    'refiner: (value, ctx) =>',
  ],
};
