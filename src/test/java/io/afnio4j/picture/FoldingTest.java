package io.afnio4j.picture;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Parameter;
import io.afnio4j.autodiff.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Large graphs as pictures that somebody can read. */
class FoldingTest {

    private final Parameter prompt = new Parameter("x", "prompt");

    @Test
    void turnsThatShareAPromptAreOneBoxThatLeadsToItself() {
        Variable history = new Variable("x", "history");
        for (int i = 0; i < 20_000; i++) {
            history = new Makes("Turn", "answer " + i).apply(history, prompt);
        }
        assertThat(Graph.of(history).toMermaid()).isEqualTo("""
                flowchart LR
                  n0(["answer 19999"])
                  n1["TurnBackward0 × 20000<br/>answer #35;"]
                  n2(["prompt"])
                  n0 --> n1
                  n1 --> n2
                  n1 --> n1
                """);
    }

    @Test
    void turnsThatTakeTurnsAreACircle() {
        Variable history = prompt;
        for (int i = 0; i < 1_000; i++) {
            history = new Makes(i % 2 == 0 ? "Ask" : "Judge", "answer " + i).apply(history);
        }
        assertThat(Graph.of(history).toMermaid())
                .contains(
                        "n1[\"JudgeBackward0 × 500<br/>answer #35;\"]",
                        "n2[\"AskBackward0 × 500<br/>answer #35;\"]",
                        "n1 --> n2",
                        "n2 --> n1");
    }

    @Test
    void branchesWithDifferentRolesAreOneBoxAndLayersStayApart() {
        List<Variable> answers = IntStream.range(0, 2_000)
                .mapToObj(i -> new Makes("Ask", word(i) + " again").apply(new Makes("Ask", word(i)).apply(prompt)))
                .toList();
        assertThat(Graph.of(Variable.sum(answers)).toMermaid())
                .contains("n2[\"AskBackward0 × 2000\"]", "n3[\"AskBackward0 × 2000\"]", "n2 --> n3", "n3 --> n4");
    }

    @Test
    void onlyTheLargestGroupsFallTogetherWhereThatIsEnough() {
        Variable history = prompt;
        for (int i = 0; i < 40; i++) {
            history = new Makes("Ask", "answer").apply(new Makes("Step" + word(i), "step").apply(history));
        }
        assertThat(Graph.of(history).toMermaid())
                .contains("AskBackward0 × 40")
                .contains("StepaaBackward0<br/>step\"", "StepnbBackward0<br/>step\"");
    }

    @Test
    void aBoxOfDifferentLeavesSaysSo() {
        List<Variable> prompts = IntStream.range(0, 100)
                .mapToObj(i -> (Variable) new Parameter("x", "prompt of " + word(i)))
                .toList();
        assertThat(Graph.of(Variable.sum(prompts)).toMermaid()).contains("prompt of aa and others × 100");
    }

    /**
     * Each node asks for two earlier ones: far, or out of the last few, so that the graph is short and wide or long and
     * thin.
     */
    @ParameterizedTest
    @CsvSource({"120, 120", "120, 5", "2000, 2000", "2000, 20"})
    void aGraphOfOneFunctionThatIsNoRunKeepsItsLevels(int size, int window) {
        Random random = new Random(3);
        List<Variable> made = new ArrayList<>(List.of(prompt));
        for (int i = 0; i < size; i++) {
            Variable far = made.get(random.nextInt(made.size()));
            Variable near = made.get(made.size() - 1 - random.nextInt(Math.min(window, made.size())));
            made.add(new Makes("Ask", "answer " + i).apply(far, near));
        }
        Variable root = Variable.sum(made.subList(1, made.size()));
        List<Vertex> boxes = Folding.of(root, Wiring.of(root)).stream()
                .filter(box -> box.label().startsWith("Ask"))
                .toList();

        assertThat(boxes).hasSizeBetween(5, 58);
        assertThat(boxes).allSatisfy(box -> assertThat(box.nodes()).hasSizeLessThan(size * 2 / 3));
        assertThat(boxes.stream().mapToInt(box -> box.nodes().size()).sum()).isEqualTo(size);
    }

    @Test
    void aTreeOfOneFunctionIsNoRun() {
        List<Variable> turns = new ArrayList<>(List.of(prompt));
        for (int i = 0; i < 127; i++) {
            turns.add(new Makes("Turn", "answer " + i).apply(turns.get(i / 2)));
        }
        assertThat(Graph.of(Variable.sum(turns.subList(64, 128))).toMermaid()).contains("× 64", "× 32", "× 16");
    }

    @Test
    void aShortConversationStandsUnfolded() {
        Variable history = prompt;
        for (int i = 0; i < 60 - 1; i++) {
            history = new Makes("Turn", "answer " + i).apply(history);
        }
        assertThat(Graph.of(history).toMermaid()).contains("n60([\"prompt\"])").doesNotContain("×");
    }

    /** Names and roles repeat or don't, and arrows are short, long or lead to everything, as the seed will have it. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void everyGraphHasFewBoxesThatTogetherStandForAllNodes(int seed) {
        Variable root = random(seed);
        Graph picture = Graph.of(root);
        String chart = picture.toMermaid();

        assertThat(chart.lines().filter(line -> line.matches("  n\\d+[(\\[].*")))
                .hasSizeLessThanOrEqualTo(61);
        assertThat(chart).hasSizeLessThan(50_000);
        assertThat(chart.lines().filter(line -> line.contains("-->"))).hasSizeLessThan(500);
        assertThat(Folding.of(root, Wiring.of(root)).stream()
                        .mapToInt(box -> box.nodes().size())
                        .sum())
                .isEqualTo(Walk.leavesFirst(root).size());
        assertThat(Graph.of(root).toDot()).isEqualTo(picture.toDot());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void everyBoxIsDrawn(int seed) throws Exception {
        Graph picture = Graph.of(random(seed));
        long drawn = picture.toMermaid()
                .lines()
                .filter(line -> line.matches("  n\\d+[(\\[].*"))
                .count();
        String svg = picture.toSvg();
        assertThat(svg.split("class=\"node\"", -1)).hasSize((int) drawn + 1);
        assertThat(GraphTest.parse(svg).getElementsByTagName("svg").getLength()).isEqualTo(1);
    }

    private Variable random(int seed) {
        Random random = new Random(seed);
        int size = seed == 4 ? 20_000 : 40 + random.nextInt(400);
        return random(random, size, 1 + random.nextInt(80), seed % 2 == 0);
    }

    private Variable random(Random random, int size, int names, boolean differentRoles) {
        List<String> roles = HostileRoleTest.roles();
        List<Variable> made = new ArrayList<>(List.of(prompt));
        for (int i = 0; i < size; i++) {
            String role = roles.get(random.nextInt(roles.size())) + (differentRoles ? word(i) : "");
            Variable near = made.get(Math.max(0, made.size() - 1 - random.nextInt(5)));
            made.add(
                    random.nextInt(5) == 0
                            ? new Parameter("x", role)
                            : new Makes(word(random.nextInt(names)), role)
                                    .apply(made.get(random.nextInt(made.size())), near));
        }
        return Variable.sum(made.subList(1, made.size()));
    }

    /** A word for a number, without a number in it. */
    private static String word(int number) {
        String word = "" + (char) ('a' + number % 26) + (char) ('a' + number / 26 % 26);
        return number < 676 ? word : word + word(number / 676);
    }
}
