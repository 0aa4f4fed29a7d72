package io.afnio4j.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

class GraphOrderTest {

    private static final String PASS = "pass";

    private final Context placed = GraphOrder.put(Context.of("a", 1), PASS, 7);

    private static int placeIn(ContextView context) {
        GraphOrder order = Objects.requireNonNull(GraphOrder.of(context));
        assertThat(order.pass()).isSameAs(PASS);
        return order.place();
    }

    @Test
    void isNothingForACallThatIsNoPasss() {
        assertThat(GraphOrder.of(Context.of("a", 1))).isNull();
    }

    @Test
    void isAContextWithAnEntryMore() {
        assertThat(placed.size()).isEqualTo(2);
        assertThat(placed.hasKey("a")).isTrue();
        assertThat(placed.hasKey("b")).isFalse();
        assertThat(placed.<Integer>get("a")).isEqualTo(1);
        assertThat(placed.getOrDefault("b", 2)).isEqualTo(2);
        assertThatThrownBy(() -> placed.get("b")).isInstanceOf(NoSuchElementException.class);
        assertThat(placed.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
                .isEqualTo(Map.of("a", 1, GraphOrder.class, placed));
    }

    @Test
    void staysWhereOthersComeAndGoAndInCopies() {
        Context changed = placed.put("b", 2).delete("a");
        assertThat(placeIn(changed)).isEqualTo(7);
        assertThat(changed.size()).isEqualTo(2);
        assertThat(placeIn(Context.of(placed))).isEqualTo(7);
        assertThat(placeIn(Context.of("c", 3).putAll((ContextView) placed))).isEqualTo(7);
        Integer inPipeline = Mono.deferContextual(context -> Mono.just(placeIn(context)))
                .contextWrite(Context.of("b", 2))
                .contextWrite(outside -> placed)
                .block();
        assertThat(inPipeline).isEqualTo(7);
    }

    @Test
    void isThatOfTheInnermostPassAlone() {
        Context inner = GraphOrder.put(placed.put("b", 2), PASS, 3);
        assertThat(placeIn(inner)).isEqualTo(3);
        assertThat(inner.size()).isEqualTo(3);
        assertThat(GraphOrder.of(inner.delete(GraphOrder.class))).isNull();
        assertThat(placeIn(inner.put(GraphOrder.class, placed))).isEqualTo(7);
        assertThat(GraphOrder.put(Context.of(placed), PASS, 3).size()).isEqualTo(2);
    }
}
