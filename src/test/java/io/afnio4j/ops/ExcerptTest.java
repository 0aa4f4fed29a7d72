package io.afnio4j.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.afnio4j.autodiff.Variable;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long feedback is divided among calls. */
class ExcerptTest {

    private static List<Excerpt> excerpts(String... texts) {
        return List.of(texts).stream()
                .flatMap(text -> Excerpt.of(List.of(new Variable(text, "feedback"))).stream())
                .toList();
    }

    private static long tokens(String text) {
        return Excerpt.tokens(excerpts(text));
    }

    /** The parts into which one text is cut. */
    private static List<String> parts(String text, long limit) {
        return Excerpt.groups(excerpts(text), limit).stream()
                .flatMap(List::stream)
                .map(Excerpt::text)
                .toList();
    }

    @Test
    void neighboursStandTogetherUpToTheLimitAndNotBeyond() {
        long limit = tokens("one") + tokens("two");

        List<List<Excerpt>> groups = Excerpt.groups(excerpts("one", "two", "six"), limit);

        assertThat(groups).containsExactly(excerpts("one", "two"), excerpts("six"));
        assertThat(Excerpt.groups(excerpts("one", "two", "six"), limit - 1)).hasSize(3);
    }

    @Test
    void aTextThatMeetsTheLimitIsNotCut() {
        String text = "word ".repeat(50);

        assertThat(parts(text, tokens(text))).containsExactly(text);
        assertThat(parts(text, tokens(text) - 1)).hasSize(2);
    }

    @Property
    void partsAreTheWholeTextAndNoneIsBeyondTheLimit(
            @ForAll @StringLength(max = 300) String text, @ForAll @IntRange(min = 20, max = 60) int limit) {
        List<String> parts = parts(text, limit);

        assertThat(String.join("", parts)).isEqualTo(text);
        assertThat(parts).allSatisfy(part -> assertThat(tokens(part)).isLessThanOrEqualTo(limit));
    }

    @Test
    void aTextWithoutWordsIsCutAsLateAsTheLimitAllows() {
        List<String> parts = parts("x".repeat(200), 30);

        String full = parts.get(0);
        assertThat(tokens(full + "x")).isGreaterThan(30);
        assertThat(parts.subList(0, parts.size() - 1)).containsOnly(full);
        assertThat(parts).hasSize((200 + full.length() - 1) / full.length());
    }

    @Test
    void aTextIsCutBehindALineOrElseBehindAWordThatIsNotTooEarly() {
        int most = parts("x".repeat(200), 30).get(0).length();
        String half = "x".repeat(most / 2 + 2);
        String quarter = "x".repeat(most / 4);
        String rest = "x".repeat(2 * most);

        assertThat(parts(half + "\nx x " + rest, 30).get(0)).isEqualTo(half + "\n");
        assertThat(parts(half + " x x" + rest, 30).get(0)).isEqualTo(half + " x ");
        assertThat(parts(quarter + "\n" + quarter + "x x " + rest, 30).get(0)).endsWith("x x ");
        assertThat(parts(quarter + " " + rest, 30).get(0)).hasSize(most).endsWith("x");
    }

    @Test
    void laterPartsAreCutBehindWordsToo() {
        String text = "A word or two. ".repeat(30);

        assertThat(parts(text, 30))
                .hasSizeGreaterThan(5)
                .allSatisfy(part -> assertThat(part).endsWith(" "));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 29, 30, 31, 32})
    void noCharacterIsCutInTwoWhateverTheLimit(int limit) {
        String text = "x" + "\ud83d\ude00".repeat(60);

        assertThat(parts(text, limit))
                .hasSizeGreaterThan(2)
                .allSatisfy(part ->
                        assertThat(Character.isLowSurrogate(part.charAt(0))).isFalse());
    }

    @Test
    void halvesOfCharactersAreCutAsAnythingElse() {
        assertThat(parts("\ude00".repeat(3), 1)).hasSize(3);
        assertThat(parts("\ud83d".repeat(3), 1)).hasSize(3);
    }

    @Test
    void gradientsThatSayTheSameAreOneExcerptWithTheNumbersOfAll() {
        List<Variable> gradients = List.of("a", "b", "a").stream()
                .map(text -> new Variable(text, "feedback"))
                .toList();

        assertThat(Excerpt.of(gradients).stream()
                        .map(excerpt -> excerpt.text() + excerpt.sources())
                        .collect(Collectors.joining(" ")))
                .isEqualTo("a[0, 2] b[1]");
    }
}
