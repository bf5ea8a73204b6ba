import { DirectedGraph } from "graphology";
import { hasCycle, topologicalSort } from "graphology-dag";

/** Steps as nodes, an edge from each step to those that wait for it. */
export type WorkflowGraph = DirectedGraph;

/** Builds the graph from the dependencies of each step; steps are added in sorted order, so key order means nothing. */
export function buildGraph(dependencies: ReadonlyMap<string, ReadonlySet<string>>): WorkflowGraph {
  const graph = new DirectedGraph();
  const stepIds = [...dependencies.keys()].toSorted();
  for (const stepId of stepIds) graph.addNode(stepId);
  for (const stepId of stepIds) {
    for (const dependency of [...dependencies.get(stepId)!].toSorted()) {
      if (graph.hasNode(dependency)) graph.mergeDirectedEdge(dependency, stepId);
    }
  }
  return graph;
}

/** Steps so that each comes after those it depends on. The graph must have no cycle. */
export function topologicalOrder(graph: WorkflowGraph): readonly string[] {
  return topologicalSort(graph);
}

/** One cycle as a path that ends where it began, or undefined. */
export function findCycle(graph: WorkflowGraph): readonly string[] | undefined {
  if (!hasCycle(graph)) return undefined;
  const finished = new Set<string>();
  for (const start of graph.nodes()) {
    const cycle = walk(graph, start, finished);
    if (cycle) return cycle;
  }
  return undefined;
}

/** Depth-first with an explicit stack: a hostile spec may be deeper than the call stack. */
function walk(graph: WorkflowGraph, start: string, finished: Set<string>): readonly string[] | undefined {
  const path: string[] = [];
  const onPath = new Set<string>();
  const stack: { readonly node: string; readonly leave: boolean }[] = [{ node: start, leave: false }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    if (top.leave) {
      path.pop();
      onPath.delete(top.node);
      finished.add(top.node);
      continue;
    }
    if (onPath.has(top.node)) return [...path.slice(path.indexOf(top.node)), top.node];
    if (finished.has(top.node)) continue;
    path.push(top.node);
    onPath.add(top.node);
    stack.push({ node: top.node, leave: true });
    for (const next of graph.outNeighbors(top.node)) stack.push({ node: next, leave: false });
  }
  return undefined;
}
