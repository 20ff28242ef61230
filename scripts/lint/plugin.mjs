/** The project's own ESLint rule: the table of `import-rules.mjs`, applied to every way of importing. */
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { forbidden } from './import-rules.mjs';

const EXTENSION = /\.[cm]?[jt]s$/;

/** @returns {string} the path of `file` from `root`, with forward slashes and no extension */
function placeOf(root, file) {
  return path.relative(root, file).split(path.sep).join('/').replace(EXTENSION, '');
}

/** @returns the thing that `specifier`, written in `file`, names */
function targetOf(root, file, specifier) {
  if (specifier.startsWith('.') || path.isAbsolute(specifier)) {
    return { kind: 'place', to: placeOf(root, path.resolve(path.dirname(file), specifier)) };
  }
  if (isBuiltin(specifier)) return { kind: 'builtin', name: specifier };
  const parts = specifier.split('/');
  return { kind: 'package', name: specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0] };
}

/** What an import or export statement takes of a module. */
function takenBy(node) {
  const specifiers = node.specifiers ?? [];
  const kindOf = (one) => one.importKind ?? one.exportKind;
  const typeOnly =
    kindOf(node) === 'type' || (specifiers.length > 0 && specifiers.every((one) => kindOf(one) === 'type'));
  const names = specifiers.map((one) => (one.imported ?? (one.exported && one.local))?.name);
  return { typeOnly, names: names.length > 0 && names.every((name) => name !== undefined) ? names : null };
}

const WHOLE_MODULE = { typeOnly: false, names: null };

const importRules = {
  meta: {
    type: 'problem',
    docs: { description: 'Which room may import which; the table is scripts/lint/import-rules.mjs.' },
    messages: { forbidden: "Import rule: {{rule}}; '{{specifier}}' is not for {{from}}." },
    schema: [],
  },
  create(context) {
    const from = placeOf(context.cwd, context.filename);

    function check(node, specifierNode, taken) {
      if (specifierNode?.type !== 'Literal' || typeof specifierNode.value !== 'string') return;
      const specifier = specifierNode.value;
      const rule = forbidden(from, targetOf(context.cwd, context.filename, specifier), taken);
      if (rule !== null) context.report({ node, messageId: 'forbidden', data: { rule, specifier, from } });
    }

    return {
      ImportDeclaration: (node) => check(node, node.source, takenBy(node)),
      ExportNamedDeclaration: (node) => check(node, node.source, takenBy(node)),
      ExportAllDeclaration: (node) => check(node, node.source, takenBy(node)),
      ImportExpression: (node) => check(node, node.source, WHOLE_MODULE),
      TSImportType: (node) =>
        check(node, node.source ?? node.argument?.literal, { ...WHOLE_MODULE, typeOnly: true }),
      TSExternalModuleReference: (node) =>
        check(node, node.expression, { ...WHOLE_MODULE, typeOnly: node.parent?.importKind === 'type' }),
      CallExpression(node) {
        if (node.callee.type === 'Identifier' && node.callee.name === 'require') {
          check(node, node.arguments[0], WHOLE_MODULE);
        }
      },
    };
  },
};

export const algogatePlugin = { meta: { name: 'algogate' }, rules: { 'import-rules': importRules } };
