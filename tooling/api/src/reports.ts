import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel, type IConfigFile } from '@microsoft/api-extractor';
import type { Surface } from './surfaces.js';

/** Result of one report: whether it equals the committed one, and what the extractor said. */
export interface ReportResult {
  readonly report: string;
  readonly same: boolean;
  readonly messages: readonly string[];
}

/** Compares the declarations of one entry with `tooling/api/<report>.api.md`; with `update` it rewrites that file. */
export function checkReport(root: string, surface: Surface, update: boolean): ReportResult {
  const messages: string[] = [];
  const result = Extractor.invoke(prepare(root, surface), {
    localBuild: update,
    messageCallback: (message) => {
      message.handled = true;
      if (message.logLevel === ExtractorLogLevel.Error || message.logLevel === ExtractorLogLevel.Warning) {
        messages.push(message.text);
      }
    },
  });
  const report = `tooling/api/${surface.report}.api.md`;
  return {
    report,
    same: update ? result.errorCount === 0 : !result.apiReportChanged && result.errorCount === 0,
    messages,
  };
}

function prepare(root: string, { folder, declarations, report }: Surface): ExtractorConfig {
  const projectFolder = path.join(root, folder);
  const temporary = path.join(root, 'reports', 'api');
  mkdirSync(temporary, { recursive: true });
  const silent = { logLevel: ExtractorLogLevel.None, addToApiReportFile: false };
  const configObject: IConfigFile = {
    projectFolder,
    mainEntryPointFilePath: path.join(projectFolder, declarations),
    compiler: { tsconfigFilePath: path.join(projectFolder, 'tsconfig.json') },
    apiReport: {
      enabled: true,
      reportFileName: `${report}.api.md`,
      reportFolder: path.join(root, 'tooling', 'api'),
      reportTempFolder: temporary,
      includeForgottenExports: false,
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    newlineKind: 'lf',
    messages: {
      compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Warning } },
      extractorMessageReporting: { default: silent },
      tsdocMessageReporting: { default: silent },
    },
  };
  return ExtractorConfig.prepare({
    configObject,
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(projectFolder, 'package.json'),
  });
}
