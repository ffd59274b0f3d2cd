import { describe, expect, it } from 'vitest';
import { closeStatementFrame, toFrame } from './embedded-historian-protocol.ts';
import { ClientStatements } from './embedded-historian-statements.ts';

const parse = (name: string): Buffer => toFrame('P', name, 'select $1', Buffer.from([0, 0]));
const bind = (portal: string, name: string): Buffer => toFrame('B', portal, name, Buffer.from([0, 0, 0, 0, 0, 0]));

describe('ClientStatements', () => {
  it('gives two clients different names for the same statement name', () => {
    const first = new ClientStatements(1).rewrite('P', parse('trend'));
    const second = new ClientStatements(2).rewrite('P', parse('trend'));
    expect(first).toEqual(parse('client1_statement1'));
    expect(second).toEqual(parse('client2_statement1'));
  });

  it('uses one name in Parse, Bind, Describe and Close, and leaves the rest of the frame alone', () => {
    const statements = new ClientStatements(3);
    statements.rewrite('P', parse('other'));
    expect(statements.rewrite('P', parse('trend'))).toEqual(parse('client3_statement2'));
    expect(statements.rewrite('B', bind('cursor', 'trend'))).toEqual(bind('cursor', 'client3_statement2'));
    expect(statements.rewrite('D', toFrame('D', Buffer.from('S'), 'trend'))).toEqual(
      toFrame('D', Buffer.from('S'), 'client3_statement2'),
    );
    expect(statements.rewrite('C', closeStatementFrame('trend'))).toEqual(closeStatementFrame('client3_statement2'));
  });

  it('leaves unnamed statements, portals and other messages as they are', () => {
    const statements = new ClientStatements(1);
    const untouched: [string, Buffer][] = [
      ['P', parse('')],
      ['B', bind('cursor', '')],
      ['D', toFrame('D', Buffer.from('P'), 'cursor')],
      ['C', toFrame('C', Buffer.from('P'), 'cursor')],
      ['E', toFrame('E', 'cursor', Buffer.alloc(4))],
      ['P', toFrame('P', Buffer.from('no end'))],
    ];
    for (const [type, frame] of untouched) expect(statements.rewrite(type, frame)).toEqual(frame);
    expect(statements.closeFrames()).toEqual([]);
  });

  it('closes at the end what the client has not closed itself', () => {
    const statements = new ClientStatements(1);
    statements.rewrite('P', parse('kept'));
    statements.rewrite('P', parse('closed'));
    statements.rewrite('C', closeStatementFrame('closed'));
    expect(statements.closeFrames()).toEqual([closeStatementFrame('client1_statement1')]);
  });
});
