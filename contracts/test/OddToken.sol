// SPDX-License-Identifier: MIT
pragma solidity ^0.8.37;

/// @notice A token that gives back nothing where others say `true`, whose balances can grow and shrink by themselves, that takes no part for
/// some accounts, and says of others what it was told to. For tests.
contract OddToken {
    uint256 private constant ONE = 1e18;

    mapping(address account => uint256) public shares;
    mapping(address owner => mapping(address spender => uint256)) public allowance;
    mapping(address account => bool) public blocked;
    mapping(address account => uint256) public told;
    uint256 public index = ONE;

    error Blocked(address account);

    function mint(address account, uint256 amount) external {
        shares[account] += (amount * ONE) / index;
    }

    /// @notice Multiplies all balances.
    /// @param perMille 1000 leaves them as they are.
    function rebase(uint256 perMille) external {
        index = (index * perMille) / 1000;
    }

    function setBlocked(address account, bool given) external {
        blocked[account] = given;
    }

    /// @notice Says that the account has `amount`; the truth again if that is 0.
    function tell(address account, uint256 amount) external {
        told[account] = amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }

    /// @notice So many that no hundred whole tokens fit into 256 bits.
    function decimals() external pure returns (uint8) {
        return 76;
    }

    function balanceOf(address account) external view returns (uint256) {
        return told[account] != 0 ? told[account] : (shares[account] * index) / ONE;
    }

    function _move(address from, address to, uint256 amount) private {
        if (blocked[from]) revert Blocked(from);
        if (blocked[to]) revert Blocked(to);
        uint256 moved = (amount * ONE + index - 1) / index;
        shares[from] -= moved;
        shares[to] += moved;
    }
}
