package io.afnio4j.model;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Properties;

/** Facts about models that lie beside this class as a file of properties. */
final class Table {

    private Table() {}

    static Properties load(String file) {
        Properties table = new Properties();
        try (Reader in = new InputStreamReader(
                Objects.requireNonNull(Table.class.getResourceAsStream(file), file), StandardCharsets.UTF_8)) {
            table.load(in);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return table;
    }
}
