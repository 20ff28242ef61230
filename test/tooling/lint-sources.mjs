/**
 * Lints sources that are on no disk with the project's own configuration, without types (which need a program).
 * Reads `[{ file, source }]` as JSON on standard input; writes `[[{ rule, message }]]`, in the same order.
 *
 * A process of its own, because Jest's module system cannot load ESLint's configuration.
 */
import { text } from 'node:stream/consumers';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

const untyped = [
  tseslint.configs.disableTypeChecked,
  { languageOptions: { parserOptions: { projectService: false, project: null } } },
];
const eslint = new ESLint({ ignore: false, overrideConfig: untyped });

const answers = [];
for (const { file, source } of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(source, { filePath: file });
  answers.push(result.messages.map(({ ruleId, message }) => ({ rule: ruleId, message })));
}
process.stdout.write(JSON.stringify(answers));
