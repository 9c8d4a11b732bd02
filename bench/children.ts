/** Child processes of a benchmark: killed when it exits, whether it has finished or failed. */

const children = new Set<{ kill(signal: "SIGKILL"): void }>();

process.once("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

export function endsWithUs<Child extends Bun.Subprocess>(child: Child): Child {
  children.add(child);
  void child.exited.then(() => children.delete(child));
  return child;
}
