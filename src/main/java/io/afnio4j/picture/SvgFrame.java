package io.afnio4j.picture;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a laid out picture to what is drawn in it, for the layout library leaves broad margins, and writes a legend
 * under it.
 */
final class SvgFrame {

    private static final double MARGIN = 12;
    private static final double LINE = 14;
    private static final double LETTER = 5.6;

    private static final Pattern ROOT = Pattern.compile(" height=\"[^\"]*\" width=\"[^\"]*\" viewBox=\"[^\"]*\"");
    private static final Pattern SHEET = Pattern.compile("<polygon id=\"graph_0_polygon\"[^>]*></polygon>");
    private static final Pattern SHAPE = Pattern.compile("<(?:path|polygon) [^>]*\\b(?:d|points)=\"([^\"]*)\"");
    private static final Pattern POINT = Pattern.compile("(-?[0-9.]+),(-?[0-9.]+)");

    private double left = Double.POSITIVE_INFINITY;
    private double top = Double.POSITIVE_INFINITY;
    private double right = Double.NEGATIVE_INFINITY;
    private double bottom = Double.NEGATIVE_INFINITY;

    private SvgFrame() {}

    static String around(String svg, List<String> legend) {
        SvgFrame frame = new SvgFrame();
        String drawn = SHEET.matcher(svg).replaceFirst("");
        Matcher shapes = SHAPE.matcher(drawn);
        while (shapes.find()) {
            frame.take(shapes.group(1));
        }
        return frame.framed(drawn, legend);
    }

    private void take(String points) {
        Matcher point = POINT.matcher(points);
        while (point.find()) {
            double x = Double.parseDouble(point.group(1));
            double y = Double.parseDouble(point.group(2));
            left = Math.min(left, x);
            right = Math.max(right, x);
            top = Math.min(top, y);
            bottom = Math.max(bottom, y);
        }
    }

    private String framed(String svg, List<String> legend) {
        double x = left - MARGIN;
        double y = top - MARGIN;
        double words = LETTER * legend.stream().mapToInt(String::length).max().orElse(0);
        double width = Math.max(right - left, words) + 2 * MARGIN;
        double height = bottom - top + LINE * legend.size() + 2 * MARGIN;
        StringBuilder under = new StringBuilder();
        for (int line = 0; line < legend.size(); line++) {
            under.append(format(
                    "<text x=\"%.1f\" y=\"%.1f\" font-size=\"10\" fill=\"#333333\" font-family=\"sans-serif\">%s</text>",
                    left, bottom + LINE * (line + 1.3), Escape.xml(legend.get(line))));
        }
        String size = format(
                " height=\"%.1fpt\" width=\"%.1fpt\" viewBox=\"%.1f %.1f %.1f %.1f\"",
                height, width, x, y, width, height);
        String sheet = format(
                "><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#ffffff\"/>", x, y, width, height);
        String sized = ROOT.matcher(svg).replaceFirst(Matcher.quoteReplacement(size));
        int begin = sized.indexOf(size) + size.length();
        String onSheet = sized.substring(0, begin) + sheet + sized.substring(begin + 1);
        int end = onSheet.lastIndexOf("</svg>");
        return onSheet.substring(0, end) + under + onSheet.substring(end);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
