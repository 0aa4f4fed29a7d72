package io.afnio4j.autodiff;

import org.jspecify.annotations.Nullable;

/** The nodes of a pass that wait for their answers, as a linked list, so that one of many thousands leaves at once. */
final class InFlight {

    private @Nullable Answer head;

    boolean isEmpty() {
        return head == null;
    }

    void add(Answer answer) {
        answer.next = head;
        if (head != null) {
            head.previous = answer;
        }
        head = answer;
    }

    void remove(Answer answer) {
        if (answer.previous == null) {
            head = answer.next;
        } else {
            answer.previous.next = answer.next;
        }
        if (answer.next != null) {
            answer.next.previous = answer.previous;
        }
        answer.previous = null; // what has grown old must not keep the young ones behind it from collection
        answer.next = null;
    }

    void cancelAll() {
        for (Answer answer = head; answer != null; answer = answer.next) {
            answer.dispose();
        }
        head = null;
    }
}
