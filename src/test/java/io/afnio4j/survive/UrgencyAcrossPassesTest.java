package io.afnio4j.survive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Passes that share a client with one place: the client's queue decides between them. */
class UrgencyAcrossPassesTest {

    private final HeldCalls calls = new HeldCalls(1, link -> link.group(1));
    private final List<String> ended = new ArrayList<>();

    private void start(String name, int links) {
        var unused = calls.pass(name, 1, links)
                .subscribe(nothing -> {}, failure -> ended.add(name + " failed"), () -> ended.add(name));
    }

    @Test
    void theCallOnWhichTheLongestChainHangsGoesFirstWhicheverPassItIsOfAndEqualsAsTheyCame() {
        start("first", 1);
        start("short", 1);
        start("long", 3);
        start("other", 1);
        start("middling", 2);
        assertThat(calls.sent()).containsExactly("first 0");

        calls.answerAll();

        assertThat(calls.sent())
                .containsExactly(
                        "first 0", "long 2", "middling 1", "long 1", "short 0", "other 0", "middling 0", "long 0");
        assertThat(ended).containsExactly("first", "short", "other", "middling", "long");
    }
}
