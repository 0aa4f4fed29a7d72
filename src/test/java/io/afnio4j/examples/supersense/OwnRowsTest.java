package io.afnio4j.examples.supersense;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnRowsTest {

    @TempDir
    private Path directory;

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("rows.tsv"), content, UTF_8);
    }

    private static String rows(String category, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "text " + i + " about " + category + "\t" + category)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    @Test
    void splitsEachCategory() throws IOException {
        SupersenseData data = OwnRows.read(file(rows("good", 18) + "\n" + rows("bad", 9)));

        assertThat(data.categories()).containsExactly("bad", "good");
        assertThat(data.train()).hasSize(8 + 4);
        assertThat(data.validation()).hasSize(4 + 2);
        assertThat(data.test()).hasSize(6 + 3);
        assertThat(data.train())
                .doesNotContainAnyElementsOf(data.test())
                .doesNotContainAnyElementsOf(data.validation());
    }

    @Test
    void takesFilesOfSpreadsheetsAndWordsOfAnyScript() throws IOException {
        SupersenseData data = OwnRows.read(file("\uFEFF" + (rows("खेल", 9) + rows("กีฬา", 9)).replace("\n", "\r\n")));

        assertThat(data.categories()).containsExactly("खेल", "กีฬา");
        assertThat(data.train().size() + data.validation().size() + data.test().size())
                .isEqualTo(18);
        assertThat(data.toString()).doesNotContain("\uFEFF", "\r");
    }

    @Test
    void takesCategoriesOfSeveralWordsAndSigns() throws IOException {
        SupersenseData data =
                OwnRows.read(file(rows("Sci/Tech", 9) + rows("Refund not showing up?", 9) + rows("C++", 9)));

        assertThat(data.categories()).containsExactly("C++", "Refund not showing up?", "Sci/Tech");
        assertThat(LabelLines.read("Name it.\n- Sci/Tech: atoms\nRefund not showing up? : money", data.categories()))
                .containsEntry("C++", List.of("C++"))
                .containsEntry("Refund not showing up?", List.of("money"))
                .containsEntry("Sci/Tech", List.of("atoms"));
    }

    @Test
    void takesMarksBelowZero() throws IOException {
        SupersenseData data = OwnRows.read(file(rows("-1", 9) + rows("0", 9) + rows("1", 9)));

        assertThat(LabelLines.read("-1: sad\n- 0: neither\n1: glad", data.categories()))
                .containsEntry("-1", List.of("sad"))
                .containsEntry("0", List.of("neither"))
                .containsEntry("1", List.of("glad"));
    }

    @Test
    void takesCategoriesThatReadTheSameForTheSame() throws IOException {
        String composed = "K\u00fcche";
        String decomposed = "Ku\u0308che\u00a0"; // as some systems write it, and with a space that nobody sees
        SupersenseData data = OwnRows.read(file(rows(composed, 5) + rows(decomposed, 9) + rows("bad", 9)));

        assertThat(data.categories()).containsExactly(composed, "bad");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b", "{place}", "say \"x\"", "<tag>", "?!", "- dash", "* star", "\u00a0"})
    void refusesACategoryThatCouldNotBeToldFromWhatStandsAroundIt(String category) throws IOException {
        Path file = file(rows(category, 9) + rows("good", 9));

        assertThatThrownBy(() -> OwnRows.read(file)).hasMessageStartingWith("Line 1 of rows.tsv is malformed");
    }

    @Test
    void aTextOfTwoCategoriesIsLeftOutOfAllSplits() throws IOException {
        SupersenseData data = OwnRows.read(file("either\tgood\neither\tbad\n" + rows("good", 9) + rows("bad", 9)));

        assertThat(data.toString()).doesNotContain("either");
        assertThat(data.train().size() + data.validation().size() + data.test().size())
                .isEqualTo(18);
    }

    @Test
    void aMalformedLineIsNamed() throws IOException {
        Path file = file(rows("good", 9) + "no tab here\n");

        assertThatThrownBy(() -> OwnRows.read(file))
                .isInstanceOf(BadFileException.class)
                .hasMessage(
                        "Line 10 of rows.tsv is malformed: a line is a text, a tab and a category, which has letters or digits and none of : \" { } < >.");
    }

    @Test
    void aCategoryWithTooFewRowsIsNamed() throws IOException {
        Path file = file(rows("good", 9) + rows("bad", 8));

        assertThatThrownBy(() -> OwnRows.read(file))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("8 different rows of the category 'bad'")
                .hasMessageEndingWith("A line with the names of columns is no row; leave it out.");
    }

    @Test
    void aFileWithoutRowsIsNamed() throws IOException {
        Path file = file("\n \n");

        assertThatThrownBy(() -> OwnRows.read(file))
                .isInstanceOf(BadFileException.class)
                .hasMessage("The file rows.tsv has no rows; a row is a text, a tab and a category on one line.");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> OwnRows.read(directory.resolve("none.tsv")))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("none.tsv doesn't exist; check the path given with --data.");
    }

    @Test
    void aFileThatIsNoTextIsNamed() throws IOException {
        Path file = Files.write(directory.resolve("rows.bin"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThatThrownBy(() -> OwnRows.read(file))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("no UTF-8 text");
    }
}
