import type {LaunchOptions as PlaywrightOptions} from 'playwright-core';
import type {LaunchOptions as PuppeteerOptions} from 'puppeteer-core';

export declare const FAKE_MEDIA: readonly string[];
export declare function chromeLaunchOptions(): Promise<PuppeteerOptions>;
export declare function playwrightLaunchOptions(options?: {args?: readonly string[]}): Promise<PlaywrightOptions>;
