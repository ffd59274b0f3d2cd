const OPTIONS_WITH_VALUE = ['--config', '--data', '--load'];
const FLAGS = ['--service'];

/**
 * The words of a desktop command line that are ours. Electron's own binary, the application's folder and the many
 * switches of Chromium (`--no-sandbox`, `--ozone-platform=…`) share that line with them and are passed over.
 */
export function ownWords(commandLine: readonly string[]): string[] {
  const words: string[] = [];
  for (let index = 0; index < commandLine.length; index++) {
    const word = commandLine[index] ?? '';
    const value = commandLine[index + 1];
    if (FLAGS.includes(word) || OPTIONS_WITH_VALUE.some((option) => word.startsWith(`${option}=`))) words.push(word);
    else if (OPTIONS_WITH_VALUE.includes(word) && value !== undefined) {
      words.push(word, value);
      index++;
    }
  }
  return words;
}
