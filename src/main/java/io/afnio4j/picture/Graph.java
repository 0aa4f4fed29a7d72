package io.afnio4j.picture;

import io.afnio4j.autodiff.Variable;
import io.afnio4j.error.OptionalJar;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A picture of what a variable was made from: functions as boxes with what they made, leaves as rounded boxes with
 * their roles, arrows in the direction in which feedback travels. What was cut to fit its box is whole, up to 300
 * letters, in the box's tooltip, in DOT and SVG.
 *
 * <p>Large graphs, of more than 60 nodes or of too many long arrows to be read, are folded, no further than it takes.
 * Nodes with the same name, the same role apart from numbers, and the same boxes behind them are one box with a count;
 * where that isn't enough, so are runs of such nodes one behind the other, as a conversation has, with an arrow from
 * the box to itself; then nodes of the same name with different roles, and at the last whatever is of one kind and
 * about as far from the leaves. So a picture of 20,000 nodes still has 60 boxes at most, and every format shows the
 * same ones.
 *
 * <p>Drawn with the {@link PassRecord} of a pass, each box also says what became of it: green where the answer came,
 * grey where there was nothing to say, red where it failed, amber where it waits, violet where it was called off or
 * never asked; with the time that it took, the tokens and dollars that its feedback has cost and, at leaves, how many
 * gradients they hold and how the first one begins.
 *
 * <pre>{@code
 * PassRecord record = new PassRecord();
 * explanation.backward(BackwardOptions.DEFAULTS.listener(record)).block();
 * String svg = Graph.of(explanation).after(record).toSvg();
 * }</pre>
 *
 * <p>Immutable. Nodes and edges are those that there were when {@link #of} was called; what became of them is read from
 * the record, and gradients from the leaves, when a picture is drawn: so a pass can be looked at while it runs.
 */
public final class Graph {

    private final Wiring wiring;
    private final List<Vertex> vertices;
    private final @Nullable PassRecord record;

    private Graph(Wiring wiring, List<Vertex> vertices, @Nullable PassRecord record) {
        this.wiring = wiring;
        this.vertices = vertices;
        this.record = record;
    }

    /**
     * Looks at the graph behind a variable.
     *
     * @param root any variable; of a leaf, the picture shows the leaf alone
     * @return its picture
     */
    public static Graph of(Variable root) {
        Wiring wiring = Wiring.of(root);
        return new Graph(wiring, Folding.of(root, wiring), null);
    }

    /**
     * The same picture with what became of the nodes.
     *
     * @param pass the record of a pass, which may still be running
     * @return a new picture
     */
    public Graph after(PassRecord pass) {
        return new Graph(wiring, vertices, pass);
    }

    /**
     * The picture in Graphviz's language.
     *
     * @return a whole DOT file
     */
    public String toDot() {
        return new DotWriter(boxes(), DotWriter.Dialect.GRAPHVIZ).write();
    }

    /**
     * The picture as a Mermaid flow chart, which many readers of Markdown draw.
     *
     * @return the chart, without a fence around it
     */
    public String toMermaid() {
        return new MermaidWriter(boxes()).write();
    }

    /**
     * The picture as SVG. It is laid out in this process, by {@code org.graphper:graph-support-dot}, an optional
     * dependency; nothing has to be installed. That takes up to a few seconds, on the thread that calls.
     *
     * @return a whole SVG file that refers to nothing outside of it
     * @throws IllegalStateException where the library isn't there, with its name
     */
    public String toSvg() {
        OptionalJar.GRAPH_LAYOUT.require();
        List<Box> boxes = boxes();
        return SvgLayout.draw(
                new DotWriter(boxes, DotWriter.Dialect.LAYOUT).write(),
                boxes.stream().map(box -> box.outcome().tooltip()).toList(),
                Box.legend(boxes));
    }

    private List<Box> boxes() {
        Outcomes outcomes = new Outcomes(wiring, record);
        return vertices.stream()
                .map(vertex -> new Box(vertex, outcomes.of(vertex)))
                .toList();
    }
}
