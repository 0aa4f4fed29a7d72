package io.afnio4j.examples.supersense;

import io.afnio4j.error.BadFileException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Rows that a user brings: a text, a tab and its category on each line. Texts that have two categories are left out. Of
 * each category four ninths train, two validate and three test.
 */
final class OwnRows {

    private static final int LEAST_PER_CATEGORY = 9;
    private static final long SEED = 9;
    /**
     * Nothing that ends a category where it stands in a prompt or in feedback: {@code name: words}, {@code the category
     * "name"}.
     */
    private static final Pattern CATEGORY = Pattern.compile("[^:\"{}<>\\p{Cntrl}]*[\\p{L}\\p{N}][^:\"{}<>\\p{Cntrl}]*");

    /** At the ends of a field, those that don't break a line included, which people don't see. */
    private static final Pattern SPACES = Pattern.compile("^[\\s\\p{Z}]+|[\\s\\p{Z}]+$");

    private static final String BYTE_ORDER_MARK = "\uFEFF"; // which spreadsheets write

    private OwnRows() {}

    /**
     * Reads a file. Blocks while it reads.
     *
     * @param file where the rows are
     * @return the splits, the same each time
     * @throws BadFileException where the file can't be read or isn't of this form
     */
    static SupersenseData read(Path file) {
        Map<String, Set<String>> categories = new LinkedHashMap<>(); // by text
        List<String> lines = lines(file);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                Row row = row(lines.get(i), i + 1, file);
                categories.computeIfAbsent(row.gloss(), any -> new TreeSet<>()).add(row.category());
            }
        }
        Map<String, List<Row>> byCategory = new TreeMap<>();
        categories.forEach((text, found) -> found.forEach(category -> {
            List<Row> rows = byCategory.computeIfAbsent(category, any -> new ArrayList<>());
            if (found.size() == 1) { // else it could be learnt from and tested by
                rows.add(new Row(text, category));
            }
        }));
        return split(byCategory, file);
    }

    private static List<String> lines(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            String marked = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
            return Normalizer.normalize(marked, Normalizer.Form.NFC) // or an ü of one system isn't that of another
                    .lines()
                    .toList();
        } catch (NoSuchFileException missing) {
            throw new BadFileException(
                    "The file " + file + " doesn't exist; check the path given with --data.", missing);
        } catch (CharacterCodingException notText) {
            throw new BadFileException("The file " + file + " is no UTF-8 text; save it as UTF-8.", notText);
        } catch (IOException failed) {
            throw new BadFileException("The file " + file + " can't be read; check its permissions.", failed);
        }
    }

    private static Row row(String line, int number, Path file) {
        List<String> fields = Arrays.stream(line.split("\t", -1))
                .map(field -> SPACES.matcher(field).replaceAll(""))
                .toList();
        if (fields.size() != 2 || fields.get(0).isEmpty() || !isCategory(fields.get(1))) {
            throw new BadFileException(
                    "Line " + number + " of " + file.getFileName()
                            + " is malformed: a line is a text, a tab and a category, which has letters or digits and none of : \" { } < >.");
        }
        return new Row(fields.get(0), fields.get(1));
    }

    /** One behind a bullet would never be found again in a prompt. */
    private static boolean isCategory(String field) {
        return CATEGORY.matcher(field).matches()
                && LabelLines.labelOf(field + ": " + field).equals(field);
    }

    private static SupersenseData split(Map<String, List<Row>> byCategory, Path file) {
        List<Row> train = new ArrayList<>();
        List<Row> validation = new ArrayList<>();
        List<Row> test = new ArrayList<>();
        if (byCategory.isEmpty()) {
            throw new BadFileException("The file " + file.getFileName()
                    + " has no rows; a row is a text, a tab and a category on one line.");
        }
        byCategory.forEach((category, rows) -> {
            int size = rows.size();
            if (size < LEAST_PER_CATEGORY || byCategory.size() < 2) {
                throw new BadFileException(
                        "The file " + file.getFileName() + " has " + size + " different rows of the category '"
                                + category + "' that belong to no other, and " + byCategory.size()
                                + " categories; needed are at least "
                                + LEAST_PER_CATEGORY
                                + " rows of each of at least 2 categories. A line with the names of columns is no row; leave it out.");
            }
            Collections.shuffle(rows, new Random(SEED));
            train.addAll(rows.subList(0, size * 4 / 9));
            validation.addAll(rows.subList(size * 4 / 9, size * 6 / 9));
            test.addAll(rows.subList(size * 6 / 9, size));
        });
        return new SupersenseData(
                file.getFileName().toString(), Task.TEXTS, List.copyOf(byCategory.keySet()), train, validation, test);
    }
}
