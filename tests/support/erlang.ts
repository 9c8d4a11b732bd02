/** Evaluates an expression in a running unnamed Erlang node, over a socket of the test's own. */
import { connect } from "node:net";

/** The expression that makes the node listen, on loopback. */
export const listensAt = (port: number): string =>
  `spawn(fun() ->
    {ok, Socket} = gen_tcp:listen(${port}, [binary, {packet, line}, {active, false}, {ip, {127, 0, 0, 1}}]),
    Serve = fun Serve() ->
      {ok, Asker} = gen_tcp:accept(Socket),
      {ok, Line} = gen_tcp:recv(Asker, 0),
      {ok, Tokens, _} = erl_scan:string(binary_to_list(Line)),
      {ok, Expressions} = erl_parse:parse_exprs(Tokens),
      {value, Value, _} = erl_eval:exprs(Expressions, []),
      gen_tcp:send(Asker, io_lib:format("~w", [Value])),
      gen_tcp:close(Asker),
      Serve()
    end,
    Serve()
  end)`.replaceAll(/\s+/g, " ");

/** The value of an expression, as printed by Erlang. */
export function evaluate(port: number, expression: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = "";
  connect(port, "127.0.0.1")
    .on("error", reject)
    .on("data", (bytes) => {
      said += String(bytes);
    })
    .on("close", () => resolve(said))
    .write(`${expression}.\n`);
  return promise;
}
