/** Holds the write lock of a database until it is ended, as a backup program may: `node hold-lock.ts FILE`. */
import Database from 'better-sqlite3';

const db = new Database(process.argv[2] ?? '', { fileMustExist: true });
db.exec('BEGIN EXCLUSIVE');
process.stdout.write('locked\n');
process.stdin.resume();
