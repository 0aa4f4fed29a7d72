package io.afnio4j.examples.supersense;

import java.util.List;
import java.util.Locale;

/** Accuracy over steps as a small picture. */
final class Curve {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 160;
    private static final int MARGIN = 44;

    private Curve() {}

    static String svg(List<Double> shares) {
        double low = shares.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        double high = Math.max(
                low + 0.01,
                shares.stream().mapToDouble(Double::doubleValue).max().orElse(1));
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < shares.size(); i++) {
            double x = MARGIN + (double) i / Math.max(1, shares.size() - 1) * (WIDTH - 2 * MARGIN);
            double y = HEIGHT - MARGIN / 2.0 - (shares.get(i) - low) / (high - low) * (HEIGHT - MARGIN);
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
        }
        return String.format(
                Locale.ROOT,
                """
                <svg viewBox="0 0 %d %d" role="img" aria-label="validation accuracy over steps">
                  <polyline points="%s"/>
                  <text x="0" y="%d">%.1f %%</text><text x="0" y="%d">%.1f %%</text>
                </svg>""",
                WIDTH,
                HEIGHT,
                points.toString().strip(),
                HEIGHT - MARGIN / 2,
                100 * low,
                MARGIN / 2 + 6,
                100 * high);
    }
}
