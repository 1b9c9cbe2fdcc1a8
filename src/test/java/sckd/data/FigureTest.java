package sckd.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FigureTest {
    @Test
    void distancesAreThoseOfTheFigures() {
        assertThat(Figure.CIRCLE.distance(3, 4)).isEqualTo(5 - 0.85);
        assertThat(Figure.CIRCLE.distance(0, 0)).isEqualTo(-0.85);
        assertThat(Figure.RING.distance(0, 0)).isEqualTo(0.72 - 0.2);
        assertThat(Figure.RING.distance(0.72, 0)).isEqualTo(-0.2);
        assertThat(Figure.SQUARE.distance(1, 0.2)).isEqualTo(1 - 0.76);
        assertThat(Figure.FRAME.distance(0, 0)).isEqualTo(0.66 - 0.18);
        assertThat(Figure.FRAME.distance(0.1, -0.66)).isEqualTo(-0.18);
        assertThat(Figure.CROSS.distance(0, 0)).isEqualTo(-0.28);
        assertThat(Figure.CROSS.distance(0.6, 0.6)).isEqualTo(0.6 - 0.28);
        assertThat(Figure.CRESCENT.distance(0.45, 0)).isEqualTo(0.75);
        assertThat(Figure.CRESCENT.distance(-0.9, 0)).isEqualTo(0);
        assertThat(Figure.BARS.distance(0, 0)).isEqualTo(-0.17);
        assertThat(Figure.BARS.distance(0, 0.31)).isCloseTo(0.31 - 0.17, within(1e-15));
    }

    /** The corners of a polygon lie at inradius / cos(π / sides), half a side's angle from its normal. */
    @Test
    void polygonsEndAtTheirCorners() {
        double triangle = 0.55 / Math.cos(Math.PI / 3);
        assertThat(Figure.TRIANGLE.distance(-triangle, 0)).isCloseTo(0, within(1e-12));
        assertThat(Figure.TRIANGLE.distance(0.55, 0)).isCloseTo(0, within(1e-12));
        double pentagon = 0.75 / Math.cos(Math.PI / 5);
        assertThat(Figure.PENTAGON.distance(-pentagon, 0)).isCloseTo(0, within(1e-12));
        assertThat(Figure.PENTAGON.distance(0.75, 0)).isCloseTo(0, within(1e-12));
    }

    /** A point of the star is where two lines meet whose normals are 144° apart, an inner corner where they are 72° apart. */
    @Test
    void starHasPointsAndInnerCorners() {
        assertThat(Figure.STAR.distance(0.33 / Math.cos(2 * Math.PI / 5), 0)).isCloseTo(0, within(1e-12));
        assertThat(Figure.STAR.distance(-0.33 / Math.cos(Math.PI / 5), 0)).isCloseTo(0, within(1e-12));
    }

    @ParameterizedTest
    @EnumSource
    void everyFigureFitsItsCircleAndFillsAPartOfIt(Figure figure) {
        int inside = 0;
        int count = 0;
        for (double x = -1.4975; x < 1.5; x += 0.005) {
            for (double y = -1.4975; y < 1.5; y += 0.005) {
                count++;
                if (figure.distance(x, y) < 0) {
                    inside++;
                    assertThat(Math.hypot(x, y)).isLessThan(1.2);
                }
            }
        }
        double area = 9.0 * inside / count;
        assertThat(area).isBetween(0.7, Math.PI);
    }
}
