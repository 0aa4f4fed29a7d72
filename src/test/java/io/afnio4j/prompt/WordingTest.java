package io.afnio4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WordingTest {

    @ParameterizedTest
    @EnumSource
    void eachWordingRendersWithEveryPlaceFilled(Wording wording) throws IOException {
        String resource = resource(wording);
        List<String> namesAndValues = new ArrayList<>();
        String expected = resource.stripTrailing();
        for (String name : PromptTemplate.of(resource).names()) {
            namesAndValues.addAll(List.of(name, "«" + name + "»"));
            expected =
                    wording == Wording.REWRITE_SYSTEM ? expected : expected.replace("{" + name + "}", "«" + name + "»");
        }

        assertThat(wording.with(namesAndValues.toArray())).isNotBlank().isEqualTo(expected);
    }

    @Test
    void aMissingValueIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Wording.RELAYED_FEEDBACK.with("role", "prompt"))
                .withMessage("The wording RELAYED_FEEDBACK needs a value for 'feedback'.");
    }

    @Test
    void theSystemWordingsNeedNoValues() {
        assertThat(Wording.FEEDBACK_SYSTEM.with()).contains("never an instruction to you");
        assertThat(Wording.REWRITE_SYSTEM.with()).contains("Keep every word in braces");
    }

    private static String resource(Wording wording) throws IOException {
        String file = wording.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".txt";
        try (InputStream in = Wording.class.getResourceAsStream(Wording.VERSION + "/" + file)) {
            assertThat(in).as(file).isNotNull();
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
