import type { Reply } from '../reply.ts';
import { ROUTES } from '../routes.ts';
import type { Service } from '../service.ts';
import { openApiDocument } from './document.ts';
import { referencePage } from './page.ts';

/** `GET /openapi.json`: the API for programs. */
export function openApi({ version }: Service): Reply {
  return { status: 200, body: JSON.stringify(openApiDocument(ROUTES, version), undefined, 2) };
}

/** `GET /docs`: the API for people. */
export function reference({ version }: Service): Reply {
  return { status: 200, body: referencePage(ROUTES, version), headers: { 'content-type': 'text/html; charset=utf-8' } };
}
