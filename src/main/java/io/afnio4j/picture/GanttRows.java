package io.afnio4j.picture;

import io.afnio4j.autodiff.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decides which nodes of a pass have a line of the chart each, and which share one. */
final class GanttRows {

    private static final int UNFOLDED = 60;
    private static final int CRITICAL = 24;
    private static final int FAILED = 12;
    private static final int SHARED = 30;
    private static final int NOTE = 62; // letters in a line

    private final CriticalPath path;
    private final long wall;

    GanttRows(CriticalPath path, long wall) {
        this.path = path;
        this.wall = wall;
    }

    /** The lines in the order in which they begin. */
    List<Row> of(List<Visit> visits) {
        Set<Node> own = visits.size() > UNFOLDED ? important(visits) : null;
        List<Row> rows = new ArrayList<>();
        Map<Look, List<Visit>> shared = new LinkedHashMap<>();
        for (Visit visit : visits) {
            if (own == null || own.contains(visit.node())) {
                rows.add(row(visit));
            } else {
                shared.computeIfAbsent(look(visit), look -> new ArrayList<>()).add(visit);
            }
        }
        fewer(shared).forEach((look, alike) -> rows.add(alike.size() == 1 ? row(alike.get(0)) : row(look, alike)));
        rows.sort(Comparator.comparingLong(row -> row.visits().get(0).from()));
        return rows;
    }

    private Set<Node> important(List<Visit> visits) {
        Set<Node> own = new HashSet<>();
        visits.stream()
                .filter(visit -> path.holds(visit.node()) && visit.took() >= wall / 100)
                .sorted(Comparator.comparingLong(visit -> -visit.took()))
                .limit(CRITICAL)
                .forEach(visit -> own.add(visit.node()));
        visits.stream()
                .filter(visit -> visit.state() == Visit.State.FAILED)
                .limit(FAILED)
                .forEach(visit -> own.add(visit.node()));
        return own;
    }

    /** The largest groups, and all others together. */
    private static Map<Look, List<Visit>> fewer(Map<Look, List<Visit>> shared) {
        if (shared.size() <= SHARED) {
            return shared;
        }
        Map<Look, List<Visit>> fewer = new LinkedHashMap<>();
        shared.entrySet().stream()
                .sorted(Comparator.comparingInt(group -> -group.getValue().size()))
                .forEach(group -> fewer.computeIfAbsent(
                                fewer.size() < SHARED - 1 ? group.getKey() : Look.OTHERS, look -> new ArrayList<>())
                        .addAll(group.getValue()));
        List<Visit> others = fewer.get(Look.OTHERS);
        if (others != null) {
            others.sort(Comparator.comparingLong(Visit::from));
        }
        return fewer;
    }

    private Row row(Visit visit) {
        boolean critical = path.holds(visit.node());
        String label = label(Escape.shortened(visit.node().role()), visit.node().name());
        return new Row(label, critical ? notes(visit) : List.of(), List.of(visit), critical, null);
    }

    private List<String> notes(Visit visit) {
        Node before = path.before(visit.node());
        List<String> notes = new ArrayList<>();
        if (before != null) {
            notes.add("after " + Escape.shortened(before.role()));
        }
        notes.addAll(Escape.wrapped(Words.shares(visit), NOTE));
        return notes;
    }

    /** What differs comes first, since there isn't room for all. */
    private static String label(String role, String name) {
        return role + " · " + name;
    }

    private Row row(Look look, List<Visit> alike) {
        long failed = alike.stream()
                .filter(visit -> visit.state() == Visit.State.FAILED)
                .count();
        Load load = Load.of(alike, wall);
        String note = String.format(
                Locale.ROOT,
                "at most %,d ask and %,d wait for a place at once",
                load.mostCalling(),
                load.mostWaiting());
        String role = look.role + " × " + alike.size() + (failed == 0 ? "" : ", " + failed + " failed");
        return new Row(look.name.isEmpty() ? role : label(role, look.name), List.of(note), alike, look.critical, load);
    }

    /** Numbers left out, but for the one that every node's name ends with. */
    private Look look(Visit visit) {
        String role = Looks.withoutNumbers(Escape.shortened(visit.node().role()));
        return new Look(role, visit.node().name().replaceAll("\\d+(?=\\D)", "#"), path.holds(visit.node()));
    }

    /** What the nodes of a line have in common. */
    private record Look(String role, String name, boolean critical) {

        private static final Look OTHERS = new Look("others", "", false);
    }

    /**
     * One line of the chart.
     *
     * @param notes what is written under its label, a line each
     * @param visits the nodes, in the order in which they began
     * @param critical whether they are on the critical path
     * @param load how many of them ask and wait over time; null for a single one
     */
    record Row(
            String label,
            List<String> notes,
            List<Visit> visits,
            boolean critical,
            @Nullable Load load) {

        /**
         * What the colour of its calls says, none where it has no calls: the worst that became of one, but of many only
         * where all have failed that they did.
         */
        Optional<Fate> colour() {
            Set<Fate> fates = EnumSet.noneOf(Fate.class);
            visits.stream()
                    .filter(visit -> !visit.calls().isEmpty())
                    .map(Fate::of)
                    .forEach(fates::add);
            if (fates.size() > 1) {
                fates.remove(Fate.FAILED);
            }
            return fates.stream().findFirst();
        }
    }
}
