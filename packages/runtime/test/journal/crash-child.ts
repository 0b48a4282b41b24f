// Records entries and kills itself right before one of the file system calls that this takes.
import { writeSync } from 'node:fs';
import { entry, openJournal } from '../support/journal-fixture.js';
import { faultyFs } from '../support/faulty-fs.js';

const [folder = '', killAt = '0', half = 'no'] = process.argv.slice(2);
const fs = faultyFs();
const die = () => process.kill(process.pid, 'SIGKILL');
const opened = openJournal(folder, { fs });
fs.calls = 0;
fs.before = (_, call) => {
  if (half === 'no' && call === Number(killAt)) die();
};
if (half === 'half') {
  const write = fs.write;
  fs.write = (fd, bytes) => {
    if (fs.calls + 1 === Number(killAt)) {
      write(fd, bytes.subarray(0, bytes.length >> 1));
      die();
    }
    return write(fd, bytes);
  };
}
for (const n of [1, 2]) {
  const { result } = opened.journal.record(entry(n));
  writeSync(1, `${result} ${n}\n`);
}
opened.journal.maintain();
writeSync(1, `calls ${fs.calls}\n`);
