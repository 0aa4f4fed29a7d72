package io.afnio4j.examples.supersense;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandInModelTest {

    private static final Embeddings EMBEDDINGS = new Embeddings();
    private static final List<String> LABELS = List.of("food", "plant");

    private final EditorPart editor = new EditorPart(EditorPart.Manner.CAREFUL);
    private final String prompt = "Name the category.\n\nfood: food\nplant: plant";

    private static String feedback(String meant, String taken, String... words) {
        return "The definition belongs to the category \"" + meant + "\", but the prompt led to \"" + taken
                + "\". The words \"" + String.join("\", \"", words) + "\" speak for \"" + meant + "\".";
    }

    @Test
    void theWordingOfThePromptAloneDecides() {
        TaskPart task = new TaskPart(EMBEDDINGS);
        String text = "a tall perennial tree with edible nuts";

        assertThat(task.classify("food: something sweet\nplant: a tree", text, LABELS))
                .isEqualTo("plant");
        assertThat(task.classify("food: a tree with nuts\nplant: money", text, LABELS))
                .isEqualTo("food");
    }

    @Test
    void theCriticNamesBothLabelsAndQuotesTheText() {
        String said = new CriticPart(EMBEDDINGS, 2).feedback("a flowering shrub of the desert", "plant", "food");

        assertThat(said).contains("belongs to the category \"plant\"", "led to \"food\"", "shrub");
        assertThat(said).doesNotContain("\"the\"");
    }

    @Test
    void theEditorAddsWhatTheFeedbackRepeats() {
        String rewritten = editor.rewrite(
                prompt,
                List.of(feedback("plant", "food", "shrub", "flowering"), feedback("plant", "food", "shrub")),
                1_000);

        assertThat(rewritten.lines())
                .contains("food: food", "plant: plant")
                .anyMatch(line -> line.startsWith("plant: ") && line.contains("shrub"));
    }

    @Test
    void theEditorGivesTheSameAnswerToTheSameRequest() {
        List<String> feedback = List.of(feedback("plant", "food", "shrub"), feedback("food", "plant", "cake"));

        assertThat(editor.rewrite(prompt, feedback, 1_000)).isEqualTo(editor.rewrite(prompt, feedback, 1_000));
    }

    @Test
    void theEditorKeepsToTheLengthAndKeepsEveryLabel() {
        String full = prompt;
        for (int i = 0; i < 50; i++) {
            full = editor.rewrite(full, List.of(feedback("plant", "food", "shrub" + i, "flower" + i)), 120);
        }

        assertThat(full).hasSizeLessThanOrEqualTo(120);
        assertThat(full.lines().filter(line -> line.startsWith("plant:")).count())
                .isPositive();
        assertThat(full).contains("food: food");
    }

    @Test
    void theControlTakesAnyWords() {
        EditorPart random = new EditorPart(EditorPart.Manner.CAREFUL.atRandom());

        String rewritten =
                random.rewrite(prompt, Collections.nCopies(3, feedback("plant", "food", "shrub", "cake")), 1_000);

        assertThat(rewritten).isNotEqualTo(prompt);
    }
}
