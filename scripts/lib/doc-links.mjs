/**
 * Checks that what is pointed to exists: relative links, headings, tests by their names, `npm run` commands, pages
 * that a comment in the sources names; and that no two decisions have one number.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';

const linkPattern = /!?\[([^\]]*)\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g;
const commandPattern = /npm (?:run (?:-s |--silent )?)?([a-z][\w:-]*)/g;
const builtIn = new Set(['ci', 'install', 'test', 'start', 'run', 'pack']);

/** GitHub's slug of a heading. @param {string} heading */
function slug(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** @param {string} text */
function anchors(text) {
  return new Set([...text.matchAll(/^#{1,6}\s+(.+)$/gm)].map((match) => slug(match[1] ?? '')));
}

/** Prose and links only: a code block may show anything. @param {string} text */
function withoutCode(text) {
  return text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
}

/** @param {string} root @param {string} file absolute @param {string} text @returns {string[]} */
function brokenLinks(root, file, text) {
  const problems = [];
  for (const [, words = '', target = ''] of withoutCode(text).matchAll(linkPattern)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path = '', anchor] = target.split('#');
    const aim = path === '' ? file : resolve(dirname(file), decodeURIComponent(path));
    const where = relative(root, file);
    if (!existsSync(aim)) problems.push(`${where}: ${target} does not exist`);
    else if (anchor && aim.endsWith('.md') && !anchors(readFileSync(aim, 'utf8')).has(anchor))
      problems.push(`${where}: ${target} has no such heading`);
    else if (/\.test\.tsx?$/.test(aim) && !basename(aim).startsWith(`${words}.`) && !readFileSync(aim, 'utf8').includes(words))
      problems.push(`${where}: ${target} has no test "${words}"`);
  }
  return problems;
}

/** @param {string} root @param {string} file @param {string} text @param {Set<string>} scripts @returns {string[]} */
function brokenCommands(root, file, text, scripts) {
  return [...text.matchAll(commandPattern)]
    .map((match) => ({ whole: match[0], name: match[1] ?? '' }))
    .filter(({ whole, name }) =>
      whole.startsWith('npm run') ? !scripts.has(name) : builtIn.has(name) && ['test', 'start'].includes(name) && !scripts.has(name),
    )
    .map(({ whole }) => `${relative(root, file)}: there is no script for "${whole}"`);
}

/** Pages that comments in the sources name. @param {string} root @returns {string[]} */
function brokenMentions(root) {
  return globSync('src/**/*.{ts,tsx}', { cwd: root }).flatMap((name) =>
    [...readFileSync(join(root, name), 'utf8').matchAll(/\bdocs\/[\w./-]+\.md/g)]
      .filter(([page]) => !existsSync(join(root, page)))
      .map(([page]) => `${name}: ${page} does not exist`),
  );
}

/** @param {string} root @returns {string[]} */
function badDecisions(root) {
  const names = globSync('*.md', { cwd: join(root, 'docs/decisions') }).sort();
  return names.flatMap((name, index) => {
    const number = Number(name.slice(0, 4));
    const heading = readFileSync(join(root, 'docs/decisions', name), 'utf8').split('\n', 1)[0] ?? '';
    return number === index + 1 && heading.startsWith(`# ${number}. `) ? [] : [`docs/decisions/${name}: is not "# ${index + 1}. ..."`];
  });
}

/**
 * Every problem in README, CHANGELOG and docs, one line each.
 * @param {string} root the project's folder
 * @returns {string[]}
 */
export function docProblems(root) {
  const scripts = new Set(Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts));
  const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).flatMap((name) => {
    const file = join(root, name);
    const text = readFileSync(file, 'utf8');
    return [...brokenLinks(root, file, text), ...brokenCommands(root, file, text, scripts)];
  });
  return [...pages, ...brokenMentions(root), ...badDecisions(root)];
}
