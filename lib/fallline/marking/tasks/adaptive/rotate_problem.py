"""Task `rotate_problem` of chapter `adaptive`."""

import numpy as np

from fallline import adaptive as reference
from fallline.marking.task import Case, Task


def random_turns(rng):
    cases = []
    for scale in (1.0, 1e-3, 1e3):
        H = scale * rng.normal(size=(2, 2))
        H[0, 1] = H[1, 0]
        cases.append(Case(f"a random H of size {scale:g}", (H, float(rng.uniform(0.2, 1.3)))))
    return cases


LONG = np.diag([0.2, 4.0])


task = Task(
    reference.rotate_problem,
    cases=[
        Case("H = diag(1, 3), by 45 degrees: [[2, -1], [-1, 2]]", (np.diag([1.0, 3.0]), np.pi / 4)),
        Case("H = diag(0.2, 4), by 30 degrees", (LONG, np.pi / 6)),
        Case("H = diag(1, 3), by 90 degrees: diag(3, 1)", (np.diag([1.0, 3.0]), np.pi / 2)),
        Case("H = diag(0.2, 4), backwards by 0.3", (LONG, -0.3)),
        Case("H = [[2, 1], [1, 0]], by 1 radian", (np.array([[2.0, 1.0], [1.0, 0.0]]), 1.0)),
        Case("not turned at all", (np.array([[2.0, 1.0], [1.0, 5.0]]), 0.0)),
        Case(
            "not symmetric: H = [[1, 2], [0, 3]], by 0.7", (np.array([[1.0, 2.0], [0.0, 3.0]]), 0.7)
        ),
        Case("whole numbers: H = diag(1, 3), by 1 radian", (np.array([[1, 0], [0, 3]]), 1)),
        Case("H holds NaN", (np.array([[np.nan, 0.0], [0.0, 1.0]]), 0.5)),
        Case("H is 3 x 3", (np.eye(3), 0.5)),
        Case("H is a vector, (1, 3)", (np.array([1.0, 3.0]), 0.5)),
        Case("H is three matrices, of shape (3, 2, 2)", (np.ones((3, 2, 2)), 0.5)),
        Case("H is a matrix in a list, of shape (1, 2, 2)", (np.ones((1, 2, 2)), 0.5)),
    ],
    draw=random_turns,
    why="two products of small matrices: only rounding may differ",
)


@task.mistake(
    "turned twice",
    "You multiply by the same R from both sides. For a point u of the turned picture, which "
    "point of the old one lies under it, and how does its transpose look?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R, R


@task.mistake(
    "Hessian and points turned against each other",
    "Your R is right and the Hessian is turned the other way. Take a point w and its image "
    "Rw: has the turned quadratic there the value that the old one has at w?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R.T @ H @ R, R


@task.mistake(
    "points turned the other way",
    "Your Hessian is right and the matrix for the points turns back. Where should (1, 0) go "
    "if the picture turns by 90 degrees, counterclockwise?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R.T, R.T


@task.mistake(
    "clockwise",
    "Everything fits together, and turns the other way round. Where should (1, 0) go if the "
    "picture turns by 90 degrees, counterclockwise?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R.T @ H @ R, R.T


@task.mistake(
    "degrees",
    "You take theta for degrees. In which unit do cosine and sine expect their angle, and in "
    "which one does it come?",
)
def rotate_problem(H, theta):
    theta = np.radians(theta)
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R.T, R


@task.mistake(
    "both minus signs",
    "Your R does not keep lengths. How long is the image of (1, 0), and what is the angle "
    "between its columns?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [-s, c]])
    return R @ H @ R.T, R


@task.mistake(
    "no minus sign",
    "Your R does not keep lengths and has no minus. Are its columns perpendicular?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, s], [s, c]])
    return R @ H @ R.T, R


@task.mistake(
    "a mirror",
    "Your R keeps lengths, but it is a mirror: its determinant is -1. What does it do for an "
    "angle of 0?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, s], [s, -c]])
    return R @ H @ R.T, R


@task.mistake(
    "turned on one side",
    "You turn what comes out of H, and not what goes in. A gradient is H times a point: which "
    "of the two lies in the turned picture?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H, R


@task.mistake(
    "entry by entry",
    "You multiply entry by entry. Which product is meant between matrices?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R * H * R.T, R


@task.mistake(
    "H not turned",
    "Your H came back as it was. In the turned picture the long axis lies elsewhere: can the "
    "Hessian be the same?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return H * 1.0, R


@task.mistake(
    "in the other order",
    "Both matrices are right, and stand in the other order.",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R, R @ H @ R.T


@task.mistake(
    "only the Hessian",
    "The turned Hessian is right. What else should come back, so that a start can be turned "
    "as well?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R.T


@task.mistake(
    "half of the angle",
    "You turn by half of the angle. Is there a reason to halve it?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta / 2), np.sin(theta / 2)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R.T, R


@task.mistake(
    "sine and cosine exchanged",
    "For an angle of 0 nothing should move. Where does your R take (1, 0) then?",
)
def rotate_problem(H, theta):
    c, s = np.sin(theta), np.cos(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R.T, R


@task.mistake(
    "transposed on both sides",
    "You multiply by the transpose from both sides. Put w = R^T u into the old height: which "
    "side gets R, and which its transpose?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R.T @ H @ R.T, R


@task.mistake(
    "turned on the other side only",
    "You turn what goes into H, and not what comes out. A gradient is H times a point, and "
    "has to lie in the turned picture as well: what is missing?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return H @ R.T, R


@task.mistake(
    "shape not looked at",
    "Every 2 x 2 matrix is turned rightly; and so is a vector, or a stack of matrices, which "
    "have nothing to turn here. What should happen to another shape than (2, 2)?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H @ R.T, R


@task.mistake(
    "R squared",
    "Your R turns the way it should. H' misses the H: which matrix stands between R and its "
    "transpose?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ R.T, R


@task.mistake(
    "a sum for a product",
    "You add up what turns from the left and from the right. For an angle of 0, is your new H "
    "the old one?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return R @ H + H @ R.T, R


@task.mistake(
    "transpose of the wrong matrix",
    "The second factor is turned by nothing, and H stands at both ends. Which matrix belongs "
    "into the middle, and which stands around it?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return H @ R @ H.T, R


@task.mistake(
    "a half too much",
    "Your new H is half of what it should be. The 1/2 stands before the height on both sides: "
    "does H itself change by it?",
)
def rotate_problem(H, theta):
    c, s = np.cos(theta), np.sin(theta)
    R = np.array([[c, -s], [s, c]])
    return 0.5 * R @ H @ R.T, R


@task.accepts("by its images")
def rotate_problem(H, theta):
    H = np.asarray(H, dtype=float)
    if H.shape != (2, 2):
        raise ValueError("H must be 2 x 2")
    R = np.stack([[np.cos(theta), np.sin(theta)], [-np.sin(theta), np.cos(theta)]], axis=1)
    return np.linalg.multi_dot([R, H, R.T]), R


@task.accepts("with a complex number")
def rotate_problem(H, theta):
    if np.shape(H) != (2, 2):
        raise ValueError("H must be 2 x 2")
    z = np.exp(1j * theta)
    R = np.array([[z.real, -z.imag], [z.imag, z.real]])
    return np.dot(np.dot(R, H), R.T), R
