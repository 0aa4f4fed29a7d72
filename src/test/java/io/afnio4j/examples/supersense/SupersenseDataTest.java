package io.afnio4j.examples.supersense;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.afnio4j.error.BadFileException;
import java.io.ByteArrayInputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SupersenseDataTest {

    private static final SupersenseData DATA = SupersenseData.load();

    private static List<String> glosses(List<Row> rows) {
        return rows.stream().map(Row::gloss).toList();
    }

    @Test
    void hasTheSameShareOfEachCategoryInEachSplit() {
        assertThat(DATA.categories()).hasSize(23);
        for (String category : DATA.categories()) {
            assertThat(Stream.of(DATA.train(), DATA.validation(), DATA.test())
                            .map(split -> split.stream()
                                    .filter(row -> row.category().equals(category))
                                    .count()))
                    .containsExactly(40L, 20L, 30L);
        }
    }

    @Test
    void noDefinitionStandsInTwoSplits() {
        Set<String> seen = new HashSet<>();

        Stream.of(DATA.train(), DATA.validation(), DATA.test())
                .flatMap(split -> glosses(split).stream())
                .forEach(gloss -> assertThat(seen.add(gloss)).as(gloss).isTrue());
        assertThat(seen).hasSize(920 + 460 + 690);
    }

    @Test
    void isTheSameEachTime() {
        assertThat(SupersenseData.load()).isEqualTo(DATA);
    }

    @Test
    void definitionsAreOfTheRightLength() {
        assertThat(glosses(DATA.test()))
                .allSatisfy(gloss -> assertThat(gloss).hasSizeBetween(20, 160).doesNotContain(";"));
    }

    @Test
    void fewerRowsAreDrawnFromAllCategories() {
        SupersenseData few = DATA.atMost(46);

        assertThat(few.train()).hasSize(46);
        assertThat(few.test().stream().map(Row::category).distinct()).hasSizeGreaterThan(15);
        assertThat(DATA.atMost(5_000)).isEqualTo(DATA);
    }

    @Test
    void aMalformedDictionaryIsNamedWithItsLine() {
        assertThatThrownBy(() -> SupersenseData.read(new ByteArrayInputStream("  licence\nno entry\n".getBytes(UTF_8))))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("Line 2 of the dictionary");
    }

    @Test
    void aDictionaryThatIsCutOffIsNamed() {
        assertThatThrownBy(() -> SupersenseData.read(new ByteArrayInputStream(new byte[0])))
                .isInstanceOf(BadFileException.class)
                .hasMessageContaining("Is the file cut off?");
    }
}
