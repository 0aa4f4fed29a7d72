package io.afnio4j.autodiff;

import java.util.Collection;

/** Several texts as one, each between {@code <ITEM>} and {@code </ITEM>}. */
final class Items {

    private static final int LONGEST_ROLE = 200;
    private static final int LONGEST_PART = 60;

    private Items() {}

    static String join(Collection<String> texts) {
        StringBuilder joined = new StringBuilder();
        for (String text : texts) {
            joined.append("<ITEM>").append(text).append("</ITEM>");
        }
        return joined.toString();
    }

    /**
     * {@code A and B and C}; of many or long roles the first ones, shortened, and how many others there are, so that
     * sums of sums stay readable.
     */
    static String roles(Collection<String> roles) {
        long length = 0;
        for (String role : roles) {
            length += role.length() + " and ".length();
        }
        if (length <= LONGEST_ROLE) {
            return String.join(" and ", roles);
        }
        StringBuilder joined = new StringBuilder();
        int shown = 0;
        for (String role : roles) {
            String part = shortened(role);
            if (joined.length() + part.length() > LONGEST_ROLE - LONGEST_PART) {
                break;
            }
            joined.append(shown++ == 0 ? "" : " and ").append(part);
        }
        int others = roles.size() - shown;
        return others == 0 ? joined.toString() : joined + " and " + others + (others == 1 ? " other" : " others");
    }

    private static String shortened(String role) {
        return Elided.text(role, LONGEST_PART, (LONGEST_PART - 3) / 2);
    }
}
