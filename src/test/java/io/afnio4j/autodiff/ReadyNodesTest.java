package io.afnio4j.autodiff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Beside a list that is searched for the first of the highest rank. */
class ReadyNodesTest {

    private static final int BRANCHES = 40;

    /** Branches of one to five calls; their numbers in the plan are by depth. */
    private static Plan plan() {
        Variable leaf = new Variable("a", "a", true);
        List<Variable> branches = new ArrayList<>();
        for (int i = 0; i < BRANCHES; i++) {
            Variable branch = leaf;
            for (int call = 0; call <= i % 5; call++) {
                branch = Probe.waiting("f", Mono.empty()).modelCalls(1).apply(branch);
            }
            branches.add(branch);
        }
        Variable root = Probe.passing("r").applyAll(branches).get(0);
        return Planner.plan(List.of(root.gradientEdge()), null);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void givesTheFirstOfTheHighestRankHoweverAddingAndTakingMix(long seed) {
        Random random = new Random(seed);
        Plan plan = plan();
        ReadyNodes ready = new ReadyNodes(plan);
        List<Integer> searched = new ArrayList<>();
        List<Integer> taken = new ArrayList<>();
        List<Integer> expected = new ArrayList<>();
        List<Integer> coming = new ArrayList<>();
        for (int node = 1; node < plan.size(); node++) {
            coming.add(random.nextInt(coming.size() + 1), node);
        }
        while (!coming.isEmpty() || !searched.isEmpty()) {
            if (!coming.isEmpty() && random.nextInt(3) > 0) {
                Integer node = coming.remove(0);
                ready.add(node);
                searched.add(node);
            } else {
                taken.add(ready.take());
                Integer first = searched.stream()
                        .max(Comparator.comparingInt(plan::rank)
                                .thenComparing(Comparator.comparingInt(searched::indexOf)
                                        .reversed()))
                        .orElse(ReadyNodes.NONE);
                expected.add(first);
                searched.remove(first);
            }
        }

        assertThat(taken).isEqualTo(expected);
        assertThat(ready.take()).isEqualTo(ReadyNodes.NONE);
    }
}
