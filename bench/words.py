"""What the made-up people buy: sellers and things by category, and typical prices in minor units of INR."""

from typing import NamedTuple


class Goods(NamedTuple):
    """How entries of one category look."""

    share: int  # of all expenses, in percent
    median: int  # minor units
    sellers: tuple[str, ...]
    things: tuple[str, ...]


GOODS = {
    "Food & Dining": Goods(
        24,
        42000,
        ("Saffron Table", "Blue Lantern Café", "Idli Corner", "Pizza Piazza", "The Copper Pot", "Chai Junction"),
        ("Lunch with colleagues", "Dinner for two", "Masala dosa", "Filter coffee", "Takeaway biryani", "Breakfast"),
    ),
    "Groceries": Goods(
        18,
        68000,
        ("Green Basket", "Fresh Lane Market", "Daily Pantry", "Farmers' Yard", "Harvest Corner"),
        ("Weekly groceries", "Milk and bread", "Vegetables", "Rice, 10 kg", "Fruit", "Spices and lentils"),
    ),
    "Transportation": Goods(
        15,
        21000,
        ("City Metro", "Rapid Cabs", "Highway Fuels", "AutoLine", "Park & Go"),
        ("Ride to the office", "Petrol", "Metro card", "Airport cab", "Parking", "Toll"),
    ),
    "Shopping": Goods(
        11,
        135000,
        ("Thread & Button", "Kitab House", "Circuit Bazaar", "Home Harbour", "Little Feet"),
        ("Cotton shirts", "Headphones", "Paperbacks", "Curtains", "Running shoes", "Birthday present"),
    ),
    "Bills & Fees": Goods(
        7,
        59000,
        ("Skyline Mobile", "Union Savings Bank", "FiberNest", "Shield Insurance"),
        ("Mobile recharge", "Card annual fee", "Broadband bill", "Term insurance", "Late fee"),
    ),
    "Utilities": Goods(
        5,
        180000,
        ("North Grid Power", "Clearwater Board", "BlueFlame Gas"),
        ("Electricity bill", "Water bill", "Gas cylinder"),
    ),
    "Entertainment": Goods(
        6,
        49900,
        ("Cinema Nine", "StreamWell", "Arcade Alley", "Open Air Stage"),
        ("Film tickets", "Monthly streaming", "Concert", "Board game evening"),
    ),
    "Health & Wellness": Goods(
        5,
        76000,
        ("Care First Pharmacy", "Smile Dental", "Stretch Studio", "Lakeside Clinic"),
        ("Medicines", "Dental check-up", "Yoga class", "Blood test", "Vitamins"),
    ),
    "Housing": Goods(
        2,
        2600000,
        ("Maple Residency", "Fixit Brothers", "Garden View Society"),
        ("Rent", "Plumber", "Society maintenance", "Painting the balcony"),
    ),
    "Travel": Goods(
        3,
        540000,
        ("Eastern Rail", "Monsoon Airways", "Hilltop Homestay"),
        ("Train to Pune", "Flight to Goa", "Two nights in the hills", "Travel insurance"),
    ),
    "Education": Goods(
        2,
        320000,
        ("Bright Minds Academy", "Open Course Hub"),
        ("Course fee", "Exam registration", "Textbooks", "Language class"),
    ),
    "Other": Goods(
        2,
        90000,
        ("Temple Trust", "Neighbour", "Helping Hands"),
        ("Donation", "Repaid a friend", "Gift for a wedding", "Something small"),
    ),
}
NOTES = (
    "shared with Ravi",
    "paid by card",
    "for the office, claim it back",
    "cash",
    "sale price",
    "for Meera's birthday",
)
TAGS = ("home", "work", "kids", "trip", "reimbursable", "weekend")
INCOME = ("Salary", "Freelance invoice", "Interest", "Cashback", "Rent from the flat")
FIRST_NAMES = ("Asha", "Ravi", "Meera", "Kabir", "Nisha", "Arjun", "Leela", "Dev", "Tara", "Imran")
