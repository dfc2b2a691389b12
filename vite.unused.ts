/**
 * What is in a dependency for others: statements, methods and keys that begin so are left out, or have a stand-in.
 * `http/client.ts` says what is asked of ky and of superstruct; no bundler can tell that the rest never runs.
 */
export const UNUSED: Record<string, (string | [begins: string, instead: string])[]> = {
  // Hooks, progress, search parameters, a prefix, deadlines, shortcuts for bodies, thrown statuses and their retries.
  'ky/distribution/core/Ky.js': [
    "if (typeof ky.#options.timeout === 'number'",
    'for (const hook of ky.#options.hooks.afterResponse)',
    'await Promise.resolve();',
    'ky.#decorateResponse(response);',
    '#decorateResponse(response) {',
    'if (!response.ok && (typeof',
    'if (ky.#options.onDownloadProgress)',
    'for (const [type, mimeType] of Object.entries(responseTypes))',
    'hooks: mergeHooks({',
    "prefixUrl: String(options.prefixUrl || '')",
    'throwHttpErrors: options',
    'timeout: options',
    'context: options',
    "if (typeof this.#input !== 'string' && !(",
    'if (this.#options.prefixUrl &&',
    'if (supportsRequestStreams)',
    'if (this.#input instanceof globalThis.Request',
    'const userProvidedContentType =',
    'if (hasSearchParameters(',
    'if (this.#options.onUploadProgress)',
    ['#calculateDelay() {', '#calculateDelay() { return this.#options.retry.delay(this.#retryCount); }'],
    'const errorObject =',
    'if (errorObject instanceof ForceRetryError)',
    'if (this.#options.retry.shouldRetry !== undefined)',
    'if (isTimeoutError(error) &&',
    'if (isHTTPError(error))',
    'if (error instanceof ForceRetryError && error.customRequest)',
    'for (const hook of this.#options.hooks.beforeRetry)',
    'if (this.#abortController?.signal.aborted)',
    ['if (supportsAbortController && supportsAbortSignal)', 'this.#userProvidedAbortSignal = this.#options.signal;'],
    '#abortController;',
    ['this.#options.body = this.#options.stringifyJson', 'this.#options.body = JSON.stringify(this.#options.json);'],
    [
      "this.#options.headers.set('content-type', this",
      "this.#options.headers.set('content-type', 'application/json');",
    ],
    ['const ms = Math.min(', 'const ms = await this.#calculateRetryDelay(error);'],
    'if (this.#retryCount < 1)',
    ['const result = ky.#retry(function_)', 'const result = ky.#retry(function_);'],
    '#cancelBody(body) {',
    'for (const hook of this.#options.hooks.beforeRequest)',
    'const nonRequestOptions =',
    ['if (this.#options.timeout === false)', 'return this.#options.fetch(this.#originalRequest);'],
    'return timeout(',
    '#getNormalizedOptions() {',
    '#assignRequest(request) {',
    '#wrapRequestWithUploadProgress(request, originalBody) {',
    '#cancelResponseBody(response) {',
    'static #normalizeSearchParams(',
    '#cachedNormalizedOptions;',
  ],
  'ky/distribution/core/constants.js': [
    ['export const supportsRequestStreams =', 'export const supportsRequestStreams = false;'],
    ['export const usualFormBoundarySize =', 'export const usualFormBoundarySize = 0;'],
  ],
  'ky/distribution/index.js': ['for (const method of requestMethods)', 'ky.extend =', 'ky.stop =', 'ky.retry ='],
  'ky/distribution/utils/merge.js': [
    'for (const source of sources)',
    ['export const mergeHeaders =', 'export const mergeHeaders = (_, headers) => new Headers(headers);'],
    [
      'export const deepMerge =',
      'export const deepMerge = (_, a, b) => ({...a, ...b, headers: {...a?.headers, ...b?.headers}});',
    ],
  ],
  'ky/distribution/utils/normalize.js': [
    ['export const normalizeRequestMethod =', 'export const normalizeRequestMethod = input => input.toUpperCase();'],
    [
      'export const normalizeRetryOptions =',
      'export const normalizeRetryOptions = retry => ({...defaultRetryOptions, ...retry});',
    ],
    'methods: retryMethods',
    'statusCodes: retryStatusCodes',
    'afterStatusCodes: retryAfterStatusCodes',
    'maxRetryAfter: Number',
    'backoffLimit: Number',
    'jitter: undefined',
    'retryOnTimeout: false',
  ],
  // Browsers without adopted style sheets, polyfills, SVG, MathML, decorators of tomorrow, objects in attributes; and
  // accessors of one's own, defaults that are reflected, options of listeners, bindings in place of an attribute.
  '@lit/reactive-element/css-tag.js': [
    ['e=t.ShadowRoot&&', 'e=!0'],
    ['if(this._$cssResult$=!0,o!==s)throw', 'this._$cssResult$=!0;'],
    'throw Error("Value passed to',
    'if("number"==typeof t)',
    'toString(){',
  ],
  '@lit/reactive-element/reactive-element.js': [
    ['{is:i,defineProperty:e', '{is:i,defineProperty:e,getPrototypeOf:n}=Object'],
    [
      'static createProperty(t,s=b){',
      `static createProperty(t,s){
        s.state&&(s.attribute=!1);
        this._$Ei();
        this.elementProperties.set(t,s);
        e(this.prototype,t,this.getPropertyDescriptor(t,Symbol(),s));
      }`,
    ],
    [
      'static getPropertyDescriptor(t,s,i){',
      `static getPropertyDescriptor(t,s,i){return{
        get(){return this[s]},
        set(e){const h=this[s];this[s]=e;this.requestUpdate(t,h,i)},
        configurable:!0,
        enumerable:!0,
      }}`,
    ],
    ['t.finalize(),void 0!==t.l', 't.finalize();this.elementProperties=new Map(t.elementProperties);'],
    ['const t=this.properties,s=', 'const t=this.properties,s=Object.keys(t);'],
    ['static finalizeStyles(s){', 'static finalizeStyles(s){return s.flat(1/0)}'],
    ['static _$Eu(t,s){', 'static _$Eu(t,{attribute:s}){return!1===s?void 0:s??t.toLowerCase()}'],
    [
      '_$Ev(){',
      '_$Ev(){this._$ES=new Promise(t=>this.enableUpdating=t);this._$AL=new Map;this._$E_();this.requestUpdate()}',
    ],
    'const r=h.fromAttribute(s,t.type);',
    ['this[e]=r??', 'this[e]=h.fromAttribute(s,t.type);'],
    [
      'if(void 0!==t){const r=this.constructor;',
      'if(void 0!==t){if(i??=this.constructor.getPropertyOptions(t),!f(this[t],s))return;this.C(t,s,i)}',
    ],
    [
      'C(t,s,{useDefault:i',
      `C(t,s,{reflect:e}){
        this._$AL.has(t)||this._$AL.set(t,this.hasUpdated?s:void 0);
        !0===e&&this._$Em!==t&&(this._$Eq??=new Set).add(t);
      }`,
    ],
    'const t=this.constructor.elementProperties;if(t.size>0)',
    'if(t.size>0)for',
    'case Object:',
    'case Array:',
    'Symbol.metadata??=',
    'static addInitializer(t){',
    'const t=this[Symbol.metadata];',
    'if(null!==t){const s=litPropertyMetadata',
    ['p=a.reactiveElementPolyfillSupport', 'p=0'],
    [
      'y.elementStyles=[],',
      'y.elementStyles=[],y.shadowRootOptions={mode:"open"},y.elementProperties=new Map,y.finalized=new Map;',
    ],
  ],
  'lit-html/lit-html.js': [
    ['l=2===i?"<svg>"', 'l=""'],
    ['2===i?"</svg>"', '""'],
    ['if(this.el=S.createElement(f,e)', 'this.el=S.createElement(f,e),P.currentNode=this.el.content;'],
    ['if(r.data===n)', 'if(r.data===n)d.push({type:2,index:l});'],
    ['e=s?s.createPolicy(', 'e=s?s.createPolicy("greenroom",{createHTML:t=>t}):void 0'],
    'if(!u(t)||!t.hasOwnProperty("raw"))throw',
    ['t.startsWith(o)&&(d.push({type:6', ';'],
    ['1===r.type?i=new r.ctor', 'i=new r.ctor(h,r.name,r.strings,this,t)'],
    'get startNode(){',
    'get endNode(){',
    'get tagName(){',
    ['e="number"==typeof s?', 'e=this._$AC(t)'],
    ['e=t===A&&s!==A||', 'e=t===A&&s!==A'],
    ['handleEvent(t){', 'handleEvent(t){this._$AH.call(this.options.host,t)}'],
    ['j={M:h,P:o', 'j={I:k}'],
    ['B=t.litHtmlPolyfillSupport', 'B=0'],
    'B?.(S,k)',
  ],
  'lit-element/lit-element.js': [
    ['i._$litElement$=!0,', 'i._$litElement$=!0,i.finalized=!0;'],
    'const o=s.litElementPolyfillSupport;',
    'o?.({LitElement:i})',
    '(s.litElementVersions??=[])',
  ],
  // Methods of structs, maps and sets, and sentences that are never shown.
  'superstruct/dist/index.mjs': [
    'assert(value, message) {',
    'create(value, message) {',
    'mask(value, message) {',
    'validate(value, options = {}) {',
    'if (value instanceof Map)',
    'if (value instanceof Set)',
    ['const msg =', "const msg = '';"],
    'if (explanation != null)',
    'failure.explanation = options.message;',
    'this.failures = ',
    ['`Expected ', "''"],
  ],
};
