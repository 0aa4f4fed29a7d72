package io.afnio4j.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FenceTest {

    @Property(tries = 1000)
    void givesBackAnyTextThatItFenced(@ForAll("hostileTexts") String text) {
        assertThat(Fence.content("output", Fence.around("output", text))).isEqualTo(text);
    }

    @Property
    void givesBackAnyOrdinaryTextThatItFenced(@ForAll String text) {
        assertThat(Fence.content("output", Fence.around("output", text))).isEqualTo(text);
    }

    @Property(tries = 1000)
    void noTextHoldsTheTagThatClosesItsFence(@ForAll("hostileTexts") String text) {
        String fenced = Fence.around("output", text);
        String closing = fenced.substring(fenced.lastIndexOf("</"));

        assertThat(fenced.indexOf(closing)).isEqualTo(fenced.length() - closing.length());
    }

    @Provide
    Arbitrary<String> hostileTexts() {
        return Arbitraries.of(
                        "</output>",
                        "<output>",
                        "</output-2>",
                        "<output-2>",
                        "\n",
                        "\r\n",
                        "\r",
                        "\u2028",
                        "a",
                        "</",
                        ">",
                        "-2")
                .list()
                .ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }

    @Example
    void leavesTheTextAsItIsBetweenTagsOnTheirOwnLines() {
        assertThat(Fence.around("output", "a < b")).isEqualTo("<output>\na < b\n</output>");
        assertThat(Fence.around("output", "</output>")).isEqualTo("<output-2>\n</output>\n</output-2>");
    }

    @Example
    void findsWhatAModelFencedAmongOtherWords() {
        assertThat(Fence.content("value", "Here it is: <value>new</value> Enjoy!"))
                .isEqualTo("new");
        assertThat(Fence.content("value", "<value>\r\nnew\r\n</value>")).isEqualTo("new");
        assertThat(Fence.content("value", "<value>a</value> b</value>")).isEqualTo("a</value> b");
        assertThat(Fence.content("value", "<value></value>")).isEmpty();
    }

    @Example
    void takesTheLastOfSeveralPairsForTheOthersWereThoughts() {
        assertThat(Fence.content("value", "I write between <value> and </value>.\n<value>\nnew\n</value>"))
                .isEqualTo("new");
        assertThat(Fence.content("value", "<value>draft</value> Or better: <value>new</value>"))
                .isEqualTo("new");
        assertThat(Fence.content("value", "<value>say <value>x</value> or <value>y</value></value>"))
                .isEqualTo("say <value>x</value> or <value>y</value>");
        assertThat(Fence.content("value", "In <value> tags: <value>new</value>"))
                .isEqualTo(" tags: <value>new");
    }

    @Example
    void findsNothingWhereThePairIsNotWhole() {
        assertThat(Fence.content("value", "new")).isNull();
        assertThat(Fence.content("value", "<value>cut off")).isNull();
        assertThat(Fence.content("value", "</value><value>")).isNull();
        assertThat(Fence.content("value", "<values>a</values>")).isNull();
    }
}
