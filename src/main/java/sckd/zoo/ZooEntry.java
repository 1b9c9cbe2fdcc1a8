package sckd.zoo;

/**
 * What an architecture costs for a given image and number of classes.
 *
 * @param parameters numbers that training changes; moving averages are not among them
 * @param multiplyAdds of convolutions and dense layers, for one image
 */
public record ZooEntry(String name, long parameters, long multiplyAdds) {}
