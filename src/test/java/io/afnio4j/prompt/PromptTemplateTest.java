package io.afnio4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.NotEmpty;

class PromptTemplateTest {

    @Property
    void aTextWithoutValuesStaysAsItIs(@ForAll String text) {
        assertThat(render(text, Map.of())).isEqualTo(text);
    }

    @Property
    void whatIsFilledInIsNeverLookedAtAgain(@ForAll String value) {
        assertThat(render("<{x}|{y}>", Map.of("x", value + "{y}{x}", "y", value)))
                .isEqualTo("<" + value + "{y}{x}|" + value + ">");
    }

    @Property
    void everyPlaceOfANameIsFilled(@ForAll @AlphaChars @NotEmpty String name, @ForAll String value) {
        assertThat(render("{" + name + "}, {" + name + "}", Map.of(name, value)))
                .isEqualTo(value + ", " + value);
    }

    @Example
    void otherBracesStayAsTheyAre() {
        String json = "{\"label\": {\"de\": {}}, \"x\": [{}]} { x } {x {1x} }{ {other} ${x}";

        assertThat(render(json, Map.of("x", "!"))).isEqualTo(json.replace("{x}", "!"));
    }

    @Example
    void doubledBracesKeepTheOuterPair() {
        assertThat(render("{{x}}", Map.of("x", "1"))).isEqualTo("{1}");
    }

    @Example
    void valuesMayHoldWhatRegularExpressionsMind() {
        assertThat(render("{x}", Map.of("x", "$1 \\ \\E"))).isEqualTo("$1 \\ \\E");
    }

    @Example
    void anEmptyValueFillsItsPlace() {
        assertThat(render("a{x}b", Map.of("x", ""))).isEqualTo("ab");
    }

    @Example
    void namesStandInOrderOfAppearanceEachOnce() {
        assertThat(PromptTemplate.of("{b} {a} {b} {\"json\": 1} {größe} {a.b-c_1}")
                        .names())
                .containsExactly("b", "a", "größe", "a.b-c_1");
        assertThat(PromptTemplate.of("none").names()).isEmpty();
    }

    @Property
    void namesAreWordsOfAnyScript(@ForAll("words") String name, @ForAll String value) {
        assertThat(render("{" + name + "}", Map.of(name, value))).isEqualTo(value);
    }

    @Provide
    Arbitrary<String> words() {
        return Arbitraries.of("नाम", "ชื่อ", "பெயர்", "pre\u0301nom", "نام\u200Cها", "اسم", "名前", "имя");
    }

    private static String render(String text, Map<String, String> values) {
        return PromptTemplate.of(text).render(values);
    }
}
